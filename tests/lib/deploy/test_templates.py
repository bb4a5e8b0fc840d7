"""The templates pass the linter and keep the design's promises."""

from typing import Any

import pytest
from cartwheel.deploy import templates
from cartwheel.deploy.templates import TEMPLATES, Template
from cartwheel.errors import CartwheelError
from cartwheel.events import KINDS
from cfnlint.decode.cfn_yaml import loads


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Return what the templates make of a kind, by stack and name, each template once."""
    found = {}
    for template in {template.path: template for template in TEMPLATES}.values():
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
    assert len(mappings) == 4
    for mapping in mappings.values():
        assert mapping["BatchSize"] == {"Ref": "BatchSize"} or mapping["BatchSize"] >= 100
        assert mapping["ParallelizationFactor"] == 1
        assert mapping["BisectBatchOnFunctionError"] is True
        assert mapping["StartingPosition"] == "TRIM_HORIZON"
        # No number of attempts: age alone gives a batch up, after 20 hours.
        assert mapping["MaximumRetryAttempts"] == -1
        assert mapping["MaximumRecordAgeInSeconds"] == {"Ref": "MaximumAgeSeconds"}
        assert mapping["DestinationConfig"]["OnFailure"]["Destination"]


def test_a_failing_batch_is_given_up_before_the_stream_forgets_it() -> None:
    """The maximum age is below the streams' retention, by default."""
    retention = loads(templates.STREAMS.body)["Parameters"]["RetentionHours"]["Default"]
    writers = [one for one in templates.WITH_FUNCTIONS if one != templates.API]
    assert len(writers) == 7
    for template in writers:
        assert int(template.defaults["MaximumAgeSeconds"]) < retention * 3600


def test_no_role_may_do_everything() -> None:
    """No statement of a role allows all actions or all resources."""
    roles = resources("AWS::IAM::Role")
    assert len(roles) == 7
    for name, role in roles.items():
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                actions = [actions] if isinstance(actions, str) else actions
                assert not any(action.endswith("*") for action in actions), name
                if actions == ["cloudwatch:PutMetricData"]:  # it knows no resources
                    limit = {"StringEquals": {"cloudwatch:namespace": "Cartwheel"}}
                    assert statement["Condition"] == limit, name
                else:
                    assert statement["Resource"] != "*", name


def test_each_function_has_a_role_of_its_own() -> None:
    """No two functions share a role: each stack has one of its own, named by no template."""
    functions = resources("AWS::Lambda::Function")
    assert set(functions) == {
        "KinesisToDynamoDBProcessor",
        "Processor",
        "OrdersToDynamoDBProcessor",
        "TelemetryToDynamoDBProcessor",
        "CartwheelApi",
    }
    assert len({str(f["Role"]) for f in functions.values()}) == len(functions)
    assert not any("RoleName" in resources("AWS::IAM::Role")[f"{name}Role"] for name in functions)


def test_each_kind_of_event_has_a_way_to_the_lake() -> None:
    """One template is deployed for each kind, with the names of the field documents."""
    given = [dict(template.values) for template in templates.LANDING]
    assert [values["Kind"] for values in given] == list(KINDS)
    assert [values["FunctionName"] for values in given] == [
        "ClickDataProcessor",
        "TruckDataProcessor",
        "OrderDataProcessor",
        "OperationDataProcessor",
    ]
    for values in given:
        kind = KINDS[values["Kind"]]
        assert (values["StreamName"], values["Prefix"] + "/") == (kind.stream, kind.prefix)
    assert len({template.stack for template in TEMPLATES}) == len(TEMPLATES) == 11


def test_names_of_the_account_carry_the_region() -> None:
    """Roles are the account's: a second region in it would collide on a name without one."""
    for name, role in resources("AWS::IAM::Role").items():
        assert "${AWS::Region}" in str(role.get("RoleName", "${AWS::Region}")), name
    assert not any("TopicName" in topic for topic in resources("AWS::SNS::Topic").values())


def test_firehose_says_what_it_cannot_deliver() -> None:
    """Each Firehose has an error log that its role may write."""
    (delivery,) = resources("AWS::KinesisFirehose::DeliveryStream").values()
    logging = delivery["ExtendedS3DestinationConfiguration"]["CloudWatchLoggingOptions"]
    assert logging["Enabled"] is True
    allowed = str(resources("AWS::IAM::Role")["DeliveryRole"]["Policies"])
    assert "logs:PutLogEvents" in allowed and "'DeliveryLog', 'Arn'" in allowed


def test_policies_are_named_for_what_they_do() -> None:
    """A policy's name begins with a verb, whichever kind of event it serves."""
    names = {
        policy["PolicyName"]
        for role in resources("AWS::IAM::Role").values()
        for policy in role["Policies"]
    }
    verbs = {"read", "send", "keep", "write", "count"}
    assert {name.partition("-")[0] for name in names} == verbs


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
    """
    The topics have a key that S3 and CloudWatch may use; both buckets are TLS-only, versioned,
    logged on wish.
    """
    topics = resources("AWS::SNS::Topic")
    (key,) = resources("AWS::KMS::Key").values()
    assert set(topics) == {"LakeTopic", "AlarmTopic", "StorageTopic"}
    assert all(topic["KmsMasterKeyId"] for topic in topics.values())
    assert key["EnableKeyRotation"] is True
    publishers = [s for s in key["KeyPolicy"]["Statement"] if "Service" in s["Principal"]]
    assert [s["Principal"]["Service"] for s in publishers] == [
        "s3.amazonaws.com",
        "cloudwatch.amazonaws.com",
    ]
    for publisher in publishers:
        assert set(publisher["Action"]) == {"kms:GenerateDataKey*", "kms:Decrypt"}
        assert publisher["Condition"] == {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        }
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


RUNBOOK = templates.INFRA.parent / "docs" / "runbook.md"


def alarms() -> dict[str, dict[str, Any]]:
    """Return the alarms of every stack by their names."""
    found = {}
    for template in TEMPLATES:
        for resource in loads(template.body)["Resources"].values():
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                alarm = resource["Properties"]
                name = alarm["AlarmName"]
                if isinstance(name, dict):
                    name = name["Fn::Sub"].replace("${FunctionName}", template.function)
                assert name not in found
                found[name] = alarm
    return found


def test_every_alarm_has_a_paragraph_in_the_runbook_and_tells_when_it_begins_and_ends() -> None:
    """The runbook's headings are the alarms' kinds, and no others."""
    functions = {template.function for template in templates.WITH_FUNCTIONS}
    kinds = set()
    for name, alarm in alarms().items():
        kind = name.removeprefix("cartwheel-")
        for function in functions:
            kind = kind.removeprefix(f"{function}-")
        kinds.add("API fails" if name == "cartwheel-CartwheelApi-fails" else kind)
        assert alarm["AlarmDescription"].endswith("see docs/runbook.md."), name
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopicArn"}], name
        assert alarm["Period"] == {"Ref": "AlarmPeriod"}, name
    headings = {
        line.removeprefix("## ").strip("`")
        for line in RUNBOOK.read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    }
    assert headings == {kind.replace("API fails", "fails (the API)") for kind in kinds}


def test_every_function_of_a_stream_has_its_alarms() -> None:
    """Each is watched for failing and for falling behind; each way to the lake for more."""
    names = set(alarms())
    for template in templates.WITH_FUNCTIONS:
        kinds = ["fails"] if template == templates.API else ["fails", "behind"]
        kinds += ["quarantines", "loads-late"] if template in templates.LANDING else []
        for kind in kinds:
            assert f"cartwheel-{template.function}-{kind}" in names
    assert len(names) == 26
