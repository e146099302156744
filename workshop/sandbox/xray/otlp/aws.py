"""Makes a segment's `aws` block, and finds its origin: what it ran on, and what it called of AWS.

Source: aws.go and segment.go of the Collector's exporter for X-Ray; of its block, what concerns
ECS, EKS and Elastic Beanstalk is left out.
"""

from typing import Any

_ORIGINS = {
    "aws_app_runner": "AWS::AppRunner::Service",
    "aws_eks": "AWS::EKS::Container",
    "aws_elastic_beanstalk": "AWS::ElasticBeanstalk::Environment",
    "aws_ec2": "AWS::EC2::Instance",
}
_ECS_ORIGINS = {"ec2": "AWS::ECS::EC2", "fargate": "AWS::ECS::Fargate"}
# By the block's member: the attributes of a span that tell it, the best first.
_OF_CALL = {
    "operation": ("aws.operation", "rpc.method"),
    "account_id": ("aws.account_id",),
    "remote_region": ("aws.region",),
    "request_id": ("aws.request_id", "aws.requestId"),
    "queue_url": ("aws.queue_url", "aws.queue.url", "messaging.url"),
    "table_name": ("aws.table_name", "aws.table.name"),
}
_OF_INSTANCE = {
    "instance_id": "host.id",
    "availability_zone": "cloud.availability_zone",
    "instance_size": "host.type",
    "ami_id": "host.image.id",
}


def take_aws(attributes: dict[str, Any], resource: dict[str, Any]) -> dict[str, Any]:
    """Return a span's `aws` block, and take what it says of a call out of the attributes.

    Args:
        attributes: the span's; those that the block tells are removed.
        resource: those of its resource.
    """
    of_call: dict[str, Any] = {}
    for member, names in _OF_CALL.items():
        given = [attributes.pop(name) for name in names if name in attributes]
        if given:
            of_call[member] = given[0]
    if resource.get("cloud.provider", "aws") != "aws":
        return {}
    account = {"account_id": resource["cloud.account.id"]} if "cloud.account.id" in resource else {}
    return {
        **account,
        **of_call,
        **_describe_table(attributes),
        **_describe_instance(resource),
        **_describe_log_groups(resource),
        "xray": _describe_sdk(resource),
    }


def find_origin(resource: dict[str, Any]) -> str:
    """Return the type of what a service runs on, such as `AWS::EC2::Instance`, or nothing."""
    platform = str(resource.get("cloud.platform", ""))
    if resource.get("cloud.provider", "aws") != "aws":
        return ""
    if platform == "aws_ecs":
        launched = str(resource.get("aws.ecs.launchtype", ""))
        return _ECS_ORIGINS.get(launched, "AWS::ECS::Container")
    return _ORIGINS.get(platform, "")


def _describe_table(attributes: dict[str, Any]) -> dict[str, Any]:
    tables = attributes.get("aws.dynamodb.table_names")
    if isinstance(tables, list) and len(tables) == 1:
        return {"table_name": tables[0]}
    return {"table_names": tables} if isinstance(tables, list) and tables else {}


def _describe_instance(resource: dict[str, Any]) -> dict[str, Any]:
    if resource.get("cloud.platform") != "aws_ec2" and not resource.get("host.id"):
        return {}
    told = {member: resource.get(name) for member, name in _OF_INSTANCE.items()}
    return {"ec2": {member: value for member, value in told.items() if value}}


def _describe_log_groups(resource: dict[str, Any]) -> dict[str, Any]:
    names = resource.get("aws.log.group.names", [])
    # In OTEL_RESOURCE_ATTRIBUTES, which has no lists, they are joined by &.
    names = [each for each in names.split("&") if each] if isinstance(names, str) else names
    return {"cloudwatch_logs": [{"log_group": name} for name in names]} if names else {}


def _describe_sdk(resource: dict[str, Any]) -> dict[str, Any]:
    name, language = resource.get("telemetry.sdk.name"), resource.get("telemetry.sdk.language")
    version = resource.get("telemetry.sdk.version")
    automatic = "telemetry.auto.version" in resource or "telemetry.distro.version" in resource
    told = {"sdk": f"{name} for {language}" if name and language else name, "sdk_version": version}
    return {
        **{member: value for member, value in told.items() if value},
        "auto_instrumentation": automatic,
    }
