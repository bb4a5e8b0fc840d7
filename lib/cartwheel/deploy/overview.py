"""What a deployment made, as a table."""

import pandas as pd

from cartwheel.deploy.templates import TEMPLATES
from cartwheel.environment import Environment

# Roles, policies and log groups are left out: they serve the others.
SHOWN = {
    "AWS::Kinesis::Stream": "stream",
    "AWS::S3::Bucket": "bucket",
    "AWS::SNS::Topic": "topic",
    "AWS::SQS::Queue": "queue",
    "AWS::DynamoDB::Table": "table",
    "AWS::KinesisFirehose::DeliveryStream": "Firehose",
    "AWS::Lambda::Function": "function",
    "AWS::ApiGatewayV2::Api": "API",
    "AWS::Cognito::UserPool": "user pool",
}


def resources(environment: Environment) -> pd.DataFrame:
    """Return ``kind``, ``name``, ``stack``, ``status`` of what the stacks made."""
    client = environment.client("cloudformation")
    rows = []
    for template in TEMPLATES:
        pages = client.get_paginator("list_stack_resources").paginate(StackName=template.stack)
        for page in pages:
            rows += [
                {
                    "kind": SHOWN[item["ResourceType"]],
                    "name": item["PhysicalResourceId"].rpartition("/")[2].rpartition(":")[2],
                    "stack": template.stack,
                    "status": item["ResourceStatus"].replace("_", " ").lower(),
                }
                for item in page["StackResourceSummaries"]
                if item["ResourceType"] in SHOWN
            ]
    return pd.DataFrame(rows, columns=["kind", "name", "stack", "status"])
