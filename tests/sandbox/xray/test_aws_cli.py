"""The `aws` command, as the course prints it, against a running sandbox."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from xray_clients import KEY, rule

AWS = Path(sys.executable).with_name("aws")


@pytest.fixture
def aws(sandbox, tmp_path):
    """Run `aws xray …` in a folder of its own, and return what it prints."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_XRAY": sandbox.url,
    }

    def run(*words):
        done = subprocess.run(
            [AWS, "xray", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return json.loads(done.stdout) if done.stdout else done.stderr

    return run


def test_a_rule_from_a_file_is_created_listed_and_refused_twice(aws, tmp_path):
    (tmp_path / "rule.json").write_text(json.dumps({"SamplingRule": rule("mine")}))
    create = ("create-sampling-rule", "--cli-input-json", "file://rule.json")
    created = aws(*create)["SamplingRuleRecord"]
    assert created["SamplingRule"]["RuleARN"].endswith(":sampling-rule/mine")
    listed = aws("get-sampling-rules")["SamplingRuleRecords"]
    assert listed[0] == created
    assert "(InvalidRequestException)" in aws(*create)
    assert aws("delete-sampling-rule", "--rule-name", "mine")["SamplingRuleRecord"] == created


def test_a_group_is_created_and_listed(aws):
    expression = 'service("profiles") { fault }'
    words = ("--group-name", "faults", "--filter-expression", expression)
    created = aws("create-group", *words)["Group"]
    assert created["FilterExpression"] == expression
    assert aws("get-groups")["Groups"][1] == created
