"""Lists inference profiles in each region named on the command line with
botocore, and prints what came of it: {region: "code status: message"}, or the
class and text of an error that is not one of the service."""

import json
import sys

import botocore.config
import botocore.exceptions
import botocore.session

session = botocore.session.get_session()
config = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=60)
told = {}
for region in sys.argv[1:]:
    client = session.create_client("bedrock", region_name=region, config=config)
    try:
        pages = client.get_paginator("list_inference_profiles").paginate()
        told[region] = str(sum(len(page["inferenceProfileSummaries"]) for page in pages))
    except botocore.exceptions.ClientError as refusal:
        error, metadata = refusal.response["Error"], refusal.response["ResponseMetadata"]
        told[region] = f"{error['Code']} {metadata['HTTPStatusCode']}: {error['Message']}"
    except Exception as error:  # whatever else a user would see
        told[region] = f"{type(error).__name__}: {error}"
json.dump(told, sys.stdout)
