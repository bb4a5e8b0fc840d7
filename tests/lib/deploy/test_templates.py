"""The templates pass the linter and keep the design's promises."""

from typing import Any

import pytest
from cartwheel.deploy import templates
from cartwheel.deploy.templates import TEMPLATES, Template
from cartwheel.errors import CartwheelError
from cfnlint.decode.cfn_yaml import loads


def resources(kind: str) -> dict[str, dict[str, Any]]:
    found = {}
    for template in TEMPLATES:
        for name, resource in loads(template.body)["Resources"].items():
            if resource["Type"] == kind:
                found[name] = resource["Properties"]
    return found


def test_the_templates_pass_the_linter() -> None:
    """cfn-lint finds nothing in any template."""
    templates.check()


def test_a_fault_is_named_with_file_and_line(tmp_path: Any) -> None:
    """A wrong property name stops a deployment before it begins."""
    broken = tmp_path / "01-streams.yaml"
    broken.write_text(templates.STREAMS.body.replace("ShardCount: !Ref", "ShardsCount: !Ref"))
    with pytest.raises(CartwheelError, match=r"01-streams\.yaml:\d+: E\d+ .*ShardsCount"):
        templates.check((Template(broken),))


def test_every_parameter_is_described_and_every_output_too() -> None:
    """Whoever deploys reads what a parameter means."""
    for template in TEMPLATES:
        body = loads(template.body)
        for section in ("Parameters", "Outputs"):
            for name, entry in body.get(section, {}).items():
                assert entry.get("Description", "").endswith((".", ")")), (template.path, name)


def test_a_source_mapping_retries_within_limits_and_keeps_what_fails() -> None:
    """Batches are sized, bisected, limited in retries and age, kept on failure, in order."""
    mappings = resources("AWS::Lambda::EventSourceMapping")
    assert len(mappings) == 5
    for mapping in mappings.values():
        assert mapping["BatchSize"] >= 100
        assert mapping["ParallelizationFactor"] == 1
        assert mapping["BisectBatchOnFunctionError"] is True
        assert mapping["StartingPosition"] == "TRIM_HORIZON"
        assert {"MaximumRetryAttempts", "MaximumRecordAgeInSeconds"} <= set(mapping)
        assert mapping["DestinationConfig"]["OnFailure"]["Destination"]


def test_a_failing_batch_is_given_up_before_the_stream_forgets_it() -> None:
    """The maximum age is below the streams' retention, by default."""
    functions, streams = loads(templates.FUNCTIONS.body), loads(templates.STREAMS.body)
    age = functions["Parameters"]["MaximumAgeSeconds"]["Default"]
    assert age < streams["Parameters"]["RetentionHours"]["Default"] * 3600


def test_no_role_may_do_everything() -> None:
    """No statement of a role allows all actions or all resources."""
    roles = resources("AWS::IAM::Role")
    assert len(roles) == 10
    for name, role in roles.items():
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                actions = [actions] if isinstance(actions, str) else actions
                assert not any(action.endswith("*") for action in actions), name
                assert statement["Resource"] != "*", name


def test_each_function_has_a_role_of_its_own() -> None:
    """No two functions share a role."""
    functions = resources("AWS::Lambda::Function")
    assert set(functions) == {
        "KinesisToDynamoDBProcessor",
        "ClickDataProcessor",
        "TruckDataProcessor",
        "OrderDataProcessor",
        "OperationDataProcessor",
    }
    assert len({str(f["Role"]) for f in functions.values()}) == len(functions)


def test_the_lake_is_encrypted_private_versioned_and_retained() -> None:
    """The bucket blocks public access, encrypts, versions and has a lifecycle."""
    lake = resources("AWS::S3::Bucket")["LakeBucket"]
    assert all(lake["PublicAccessBlockConfiguration"].values())
    assert lake["VersioningConfiguration"]["Status"] == "Enabled"
    assert lake["BucketEncryption"] and lake["LifecycleConfiguration"]["Rules"]
    for name, resource in loads(templates.STORAGE.body)["Resources"].items():
        if resource["Type"] == "AWS::S3::Bucket":
            assert resource["DeletionPolicy"] == "Retain", name


def test_the_names_are_those_of_the_field_documents() -> None:
    """Streams, table and functions carry the names that the documents gave them."""
    streams = {s["Name"] for s in resources("AWS::Kinesis::Stream").values()}
    assert streams == {
        "ClickDataStream",
        "TruckTelemetry",
        "ecommerce_data_stream",
        "OperationsStream",
    }
    table = resources("AWS::DynamoDB::Table")["ClickStreamData"]
    assert [k["AttributeName"] for k in table["KeySchema"]] == ["Item_ID", "Timestamp"]


def test_notifications_and_packages_are_encrypted_on_the_way_and_at_rest() -> None:
    """The topic has a key that S3 may use; both buckets are TLS-only, versioned, logged on wish."""
    (topic,) = resources("AWS::SNS::Topic").values()
    (key,) = resources("AWS::KMS::Key").values()
    assert topic["KmsMasterKeyId"] and key["EnableKeyRotation"] is True
    publishers = [s for s in key["KeyPolicy"]["Statement"] if "Service" in s["Principal"]]
    assert [s["Principal"]["Service"] for s in publishers] == ["s3.amazonaws.com"]
    assert set(publishers[0]["Action"]) == {"kms:GenerateDataKey*", "kms:Decrypt"}
    buckets = resources("AWS::S3::Bucket")
    assert len(buckets) == 2
    for bucket in buckets.values():
        assert bucket["VersioningConfiguration"]["Status"] == "Enabled"
        assert "LoggingConfiguration" in bucket
    policies = resources("AWS::S3::BucketPolicy").values()
    assert {str(policy["Bucket"]) for policy in policies} == {
        str({"Ref": name}) for name in buckets
    }
    for policy in policies:
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
