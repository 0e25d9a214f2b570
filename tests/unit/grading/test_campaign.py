"""`campaign.yaml` is strict: every mistake has its place, and no path leads out of its folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfreport.errors import InputError, PerfReportError, ThresholdsError
from perfreport.grading import load_campaign
from perfreport.grading.campaign import NAMES
from perfreport.pipeline import analyze
from perfreport.render.i18n import Catalogue

KO = Catalogue("ko")
SAMPLE = Path(__file__).parents[3] / "samples/k6-json/thresholds-2.2.json.gz"
README = Path(__file__).parents[3] / "README.md"
WHOLE = """\
tests:
  - id: PT-001
    title: {ko: 쿠폰 급증, en: Coupon rush}
    files: [rush/, "logs/pt-*.log"]
    replicas: 2
    mix: {coupon: 70%, browse: 30%}
  - id: LT-001
    files: [steady]
shared: [application.yml]
"""


def written(folder: Path, text: str | bytes) -> list[str]:
    content = text.encode() if isinstance(text, str) else text
    (folder / "campaign.yaml").write_bytes(content)
    return [str(folder)]


def mistakes(folder: Path, text: str | bytes) -> list[str]:
    """What is said of a broken file, without the name of its folder."""
    with pytest.raises(ThresholdsError) as caught:
        load_campaign(written(folder, text))
    assert KO.text(caught.value.message)
    return [
        str(KO.text(one)).removeprefix(f"{folder}/campaign.yaml:") for one in caught.value.details
    ]


def test_a_whole_campaign(tmp_path: Path) -> None:
    campaign = load_campaign(written(tmp_path, WHOLE))
    assert campaign is not None
    rush, steady = campaign.tests
    assert (rush.test_id, rush.number, rush.replicas) == ("PT-001", 0, 2)
    assert dict(rush.mix) == {"coupon": 0.7, "browse": 0.3}
    assert [one.text for one in rush.files] == ["rush", "logs/pt-*.log"]
    assert (steady.replicas, steady.title, steady.mix) == (None, None, ())
    assert campaign.lists("rush/deep/results.json")
    assert campaign.lists("logs/pt-1.log")
    assert campaign.lists("application.yml")
    assert not campaign.lists("rushed/results.json")


def test_the_example_of_the_readme(tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    example = text[text.index("tests:", text.index("## Campaigns")) :].split("```", 1)[0]
    (tmp_path / "targets").mkdir()
    (tmp_path / "targets" / "LT-001.yaml").write_text("", encoding="utf-8")
    campaign = load_campaign(written(tmp_path, example))
    assert campaign is not None
    assert campaign.tests


@pytest.mark.parametrize("name", NAMES)
def test_it_is_found_in_its_folder_or_by_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(WHOLE, encoding="utf-8")
    for given_path in (tmp_path, tmp_path / name):
        campaign = load_campaign([str(given_path)])
        assert campaign is not None
        assert campaign.path == tmp_path / name


def test_no_campaign_where_there_is_none(tmp_path: Path) -> None:
    assert load_campaign([str(tmp_path)]) is None
    assert load_campaign(["-"]) is None
    assert load_campaign([str(tmp_path), str(tmp_path)]) is None


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("tests:\n  - {id: A, files: [a], replica: 2}\n", "2:25", "`replica` 키는 쓸 수 없습니다"),
        ("tests:\n  - {id: A, files: [a], id: B}\n", "2:25", "두 번 나옵니다"),
        ("test: []\n", "1:1", "`test` 키는 쓸 수 없습니다"),
        ("{}\n", "1:1", "`tests` 키가 없습니다"),
        ("shared: [a]\n", "1:1", "`tests` 키가 없습니다"),
        ("tests: []\n", "1:8", "목록"),
        ("tests:\n  - {id: A}\n", "2:5", "`files` 키가 없습니다"),
        ("tests:\n  - {files: [a]}\n", "2:5", "`id` 키가 없습니다"),
        ("tests:\n  - {id: A, files: [a]}\n  - {id: a, files: [b]}\n", "3:5", "두 번 나옵니다"),
        ("tests:\n  - {id: A, files: [/etc/passwd]}\n", "2:21", "벗어납니다"),
        ("tests:\n  - {id: A, files: [a/../../b]}\n", "2:21", "벗어납니다"),
        ("tests:\n  - {id: A, files: ['s3://bucket/a']}\n", "2:21", "벗어납니다"),
        ("tests:\n  - {id: A, files: [a], thresholds: ../x.yaml}\n", "2:37", "벗어납니다"),
        ("tests:\n  - {id: A, files: [a], thresholds: x.yaml}\n", "2:37", "파일이 없습니다"),
        ("tests:\n  - {id: A, files: [a], replicas: 0}\n", "2:35", "1 이상의 정수"),
        ("tests:\n  - {id: A, files: [a], replicas: 1.5}\n", "2:35", "1 이상의 정수"),
        ("tests:\n  - {id: A, files: [a], mix: {b: 2}}\n", "2:34", "비율이 아닙니다"),
        ("tests:\n  - {id: A, files: [a], mix: {b: 60%}}\n", "2:30", "합이 60%"),
        ("tests:\n\t- id: A\n", "2:1", "YAML"),
        (b"tests: \xff\n", "1:8", "UTF-8"),
        ("", "1:1", "비어 있습니다"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_place(tmp_path: Path, text: str | bytes, place: str, said: str) -> None:
    found = mistakes(tmp_path, text)
    assert any(one.startswith(f"{place}:") and said in one for one in found), found


def test_a_file_too_large_to_be_a_campaign(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load_campaign(written(tmp_path, b"#" * (2 << 20)))


def test_references_to_references_stay_small(tmp_path: Path) -> None:
    """Nine levels of ten references each would be a thousand million entries."""
    bomb = "a0: &a0 [x]\n" + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 10)
    )
    assert mistakes(tmp_path, bomb)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(WHOLE.encode()) - 1), byte=st.integers(0, 255))
def test_a_changed_byte_gives_a_campaign_or_mistakes(tmp_path: Path, place: int, byte: int) -> None:
    content = bytearray(WHOLE.encode())
    content[place] = byte
    error = None
    try:
        load_campaign(written(tmp_path, bytes(content)))
    except PerfReportError as fault:
        error = fault
    assert error is None or KO.text(error.message)


def test_tests_stand_as_planned_and_none_is_lost(tmp_path: Path) -> None:
    """A planned test without k6's output is not judged; what no test asks for is said."""
    for folder in ("rush", "steady", "other"):
        (tmp_path / folder).mkdir()
    (tmp_path / "rush" / "results.json.gz").write_bytes(SAMPLE.read_bytes())
    (tmp_path / "steady" / "application.yml").write_text("server: {port: 1}\n", encoding="utf-8")
    (tmp_path / "other" / "notes.txt").write_text("…", encoding="utf-8")
    plan = (
        "tests:\n  - {id: PT-001, title: Rush, files: [rush]}\n  - {id: LT-001, files: [steady]}\n"
    )
    report = analyze(written(tmp_path, plan))
    assert [test.grade.test_id for test in report.tests] == ["PT-001", "LT-001"]
    assert report.tests[1].grade.verdict.name == "NO_DATA"
    assert [one.message.key for one in report.intake.problems] == ["problem.not-in-campaign"]
    assert KO.text(report.tests[0].grade.title or "") == "Rush"


def test_a_pattern_without_a_file_is_an_error_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        analyze(written(tmp_path, "tests:\n  - {id: A, files: [gone/]}\n"))
    assert "campaign.yaml:2" in KO.text(caught.value.message)
