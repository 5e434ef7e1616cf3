"""What exports take for granted about the template."""

from latchkey.login_details.build_export import FOR_A_FILE
from latchkey.login_details.model.runs import FILE_LIFE, LEASE
from latchkey.shared.stores.files import URL_LIFE
from tests.support import sam


def test_a_lease_is_longer_than_a_run_and_ends_before_the_message_comes_again() -> None:
    assert FOR_A_FILE < sam.functions()["BuildExportFunction"]["Timeout"] < LEASE
    assert sam.resources("AWS::SQS::Queue")["ExportQueue"]["VisibilityTimeout"] > LEASE


def test_a_file_is_there_for_as_long_as_it_is_offered_and_gone_soon_after() -> None:
    (rule,) = sam.resources("AWS::S3::Bucket")["ExportsBucket"]["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["ExpirationInDays"] * 86_400 == FILE_LIFE
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_a_url_lives_for_five_minutes_at_most() -> None:
    assert URL_LIFE <= 300
