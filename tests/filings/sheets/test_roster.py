from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from filings.sheets import roster
from filings.sheets.limits import SheetRefused
from filings.sheets.reading import Fault, Grid
from filings.sheets.roster import check_roster_row, fit_to_return, parse_roster

TODAY = date(2020, 3, 2)
ID, OTHER_ID = "11010519491231002X", "410899198111190299"

HEADINGS = ["姓名", "身份证号", "联系电话", "车间", "班组", "健康状况", "春节出行", "聚会情况"]
PERSON = ["张三", ID, "13800001234", "一车间", "甲班", "健康", "无", "无"]
OTHER = ["李四", OTHER_ID, "13900001234", "一车间", "甲班", "正常", "去过郑州", "没有"]


def sheet(*rows, headings=HEADINGS):
    return parse_roster(Grid("csv", [list(headings), *map(list, rows)]), today=TODAY)


def with_cell(heading, value, person=PERSON):
    """The check of one person with one more, or another, cell."""
    headings, row = list(HEADINGS), list(person)
    if heading in headings:
        row[headings.index(heading)] = value
    else:
        headings.append(heading)
        row.append(value)
    return sheet(row, headings=headings)


def problems(result):
    return [(error.row, error.column, error.key, str(error.message)) for error in result.errors]


class TestHeader:
    def test_columns_in_any_order_by_their_aliases(self):
        result = sheet(PERSON[::-1], headings=HEADINGS[::-1])

        assert result.ok
        assert result.rows[0] == roster.RosterRow(
            2,
            "张三",
            "resident_id",
            ID,
            "13800001234",
            "一车间",
            "甲班",
            health="healthy",
            travel="无",
            gatherings="无",
        )

    @pytest.mark.parametrize(
        "heading",
        ["身份证号码（18位）", "* 公民身份号码", "身 份 证", "证件号码:", "ID Number", "id no."],
    )
    def test_headings_are_folded(self, heading):
        assert roster.ROSTER.key_of(heading) == "id_number"

    def test_brackets_that_tell_columns_apart_do_count(self):
        keys = [
            roster.ROSTER.key_of(text)
            for text in ("籍贯（省）", "籍贯(市)", "籍贯", "籍贯【必填】")
        ]

        assert keys == ["origin_province", "origin_city", "origin", "origin"]

    def test_no_alias_means_two_columns(self):
        for column in roster.ROSTER_COLUMNS:
            for form in (column.heading.zh, column.heading.en, *column.aliases):
                assert roster.ROSTER.key_of(form) == column.key, form

    def test_title_rows_above_the_header_are_passed_over(self):
        grid = Grid(
            "csv", [["某公司返岗职工花名册"], [], ["填表日期", "2020-03-01"], HEADINGS, PERSON]
        )

        result = parse_roster(grid, today=TODAY)

        assert result.ok
        assert (result.header_row, result.rows[0].number) == (4, 5)

    def test_the_lower_of_two_header_rows_with_more_headings_wins(self):
        upper = ["姓名", "证件号码", "手机号", "籍贯", "", ""]
        lower = ["姓名", "证件号码", "手机号", "省", "市", "县"]
        grid = Grid("csv", [upper, lower, ["张三", ID, "13800001234", "河南省", "焦作市", "温县"]])

        assert parse_roster(grid, today=TODAY).header_row == 2

    def test_no_header_in_ten_rows_is_refused(self):
        grid = Grid("csv", [["说明"]] * 10 + [HEADINGS, PERSON])

        with pytest.raises(SheetRefused) as caught:
            parse_roster(grid, today=TODAY)

        assert caught.value.key == "header_missing"
        assert "姓名、证件号码、手机号" in str(caught.value)

    def test_a_missing_column_is_named_once_and_not_at_every_row(self):
        result = sheet(PERSON[:2] + PERSON[3:], headings=HEADINGS[:2] + HEADINGS[3:])

        assert [str(words) for words in result.missing] == ["手机号"]
        assert problems(result) == [(1, "", "mobile", "缺少这一列")]
        assert not result.ok

    def test_unknown_columns_are_told_and_a_serial_number_is_not(self):
        result = sheet(["1", *PERSON, "团员"], headings=["序号", *HEADINGS, "政治面貌"])

        assert result.ignored == ["政治面貌"]
        assert result.ok

    def test_of_two_like_columns_the_first_is_read(self):
        result = sheet([*PERSON, "1"], headings=[*HEADINGS, "手机号码"])

        assert result.rows[0].mobile == "13800001234"
        assert "没有读取 I 列" in str(result.warnings[0])


class TestRows:
    def test_all_errors_at_once_by_row_and_column(self):
        bad = ["", "110105194912310021", "1380000", "", "", "还行", "", ""]

        result = sheet(PERSON, bad, OTHER)

        assert problems(result) == [
            (3, "A", "name", "这一格没有填写"),
            (3, "B", "id_number", "校验位不符，号码里有一位或几位写错了"),
            (3, "C", "mobile", "手机号应为 11 位，这里是 7 位"),
            (3, "D", "workshop", "这一格没有填写"),
            (3, "F", "health", "不在可选的答案之内"),
        ]
        assert [row.name for row in result.rows] == ["张三", "李四"]
        assert not result.ok

    def test_ids_and_mobiles_never_stand_in_full_in_an_error(self):
        wrong = "110105194912310021"
        result = sheet(
            [wrong, wrong, "138000012345", wrong, "", f"健康 {wrong}", "", ""],
        )

        text = " ".join(str(error.as_dict()) for error in result.errors)
        assert len(result.errors) == 4
        assert wrong not in text
        assert "138000012345" not in text
        assert "110***********0021" in text

    def test_short_ones_are_masked_as_well(self):
        assert with_cell("联系电话", "1380000").errors[0].value == "1*****0"
        assert with_cell("身份证号", "E12?34567").errors[0].value == "E1*****67"

    def test_the_same_person_twice_is_named_with_both_rows(self):
        again = ["张三丰", ID.lower(), "13700001234", *PERSON[3:]]

        result = sheet(PERSON, OTHER, again)

        assert problems(result) == [
            (4, "B", "id_number", "与第 2 行是同一个证件号码，同一个人填了两次")
        ]
        assert str(result.errors[0].expected) == "保留第 2 行和第 4 行中的一行"

    def test_the_kind_decides_how_the_number_is_judged(self):
        result = with_cell("证件类型", "护照")

        # 18 characters are no passport.
        assert [error.key for error in result.errors] == ["id_number"]
        passport = ["王五", "E12345678", *PERSON[2:]]
        assert with_cell("证件类型", "护照", passport).rows[0].id_kind == "passport"
        assert with_cell("证件类型", "", passport).rows[0].id_kind == "passport"
        assert with_cell("证件类型", "身份证", passport).errors[0].key == "id_number"

    def test_blank_rows_examples_and_repeated_headers_are_passed_over(self):
        result = sheet(
            ["示例：张三", *PERSON[1:]], ["", " ", "-", "", "", "", "", ""], PERSON, HEADINGS, OTHER
        )

        assert result.ok
        assert [row.number for row in result.rows] == [4, 6]
        assert "重复的表头" in str(result.warnings[0])

    def test_a_remark_below_the_list_is_one_error(self):
        result = sheet(PERSON, ["合计：1 人"])

        assert problems(result) == [(3, "A", "name", "这一行只填了一格，不是完整的一行")]

    def test_short_rows_are_rows_with_empty_cells(self):
        assert [error.column for error in sheet(PERSON[:2]).errors] == ["C", "D"]

    def test_an_answer_of_the_guide_that_is_not_given_is_a_gap_and_never_a_none(self):
        result = sheet([*PERSON[:5], "", "", "-"])

        assert result.ok
        assert result.gaps == {"health": [2], "travel": [2], "gatherings": [2]}
        row = result.rows[0]
        assert (row.health, row.travel, row.gatherings) == ("", "", "")
        assert "“健康状况”有 1 行没有填写" in str(result.warnings[0])

    def test_shared_mobiles_are_told_and_not_refused(self):
        result = sheet(PERSON, [*OTHER[:2], PERSON[2], *OTHER[3:]])

        assert result.ok
        assert "第 2 行和第 3 行" in str(result.warnings[0])

    def test_formula_faults_are_named(self):
        result = sheet(["张三", Fault("formula"), Fault("#N/A"), *PERSON[3:]])

        assert [str(error.message) for error in result.errors] == [
            "这一格是公式，文件里没有它的结果",
            "这一格是公式错误 #N/A",
        ]

    def test_errors_are_in_the_language_of_the_reader(self):
        error = sheet(["", *PERSON[1:]]).errors[0]

        with override("en"):
            assert str(error.heading) == "Name"
        assert str(error.heading) == "姓名"

    def test_errors_past_the_most_are_counted(self, monkeypatch):
        monkeypatch.setattr("filings.sheets.columns.MOST_ERRORS", 3)

        result = sheet(*[["", "", "1", "x", "", "", "", ""]] * 4)

        assert (len(result.errors), result.error_count, result.rows) == (3, 12, [])


class TestCells:
    @pytest.mark.parametrize(
        "written",
        [
            "2020-02-20",
            "2020/2/20",
            "2020.2.20",
            "2020年2月20日",
            "2020年2月20号",
            "20200220",
            "２０２０-０２-２０",
            " 2020-2-20 ",
            "2020-02-20 08:30:00",
            "2020-02-20T08:30",
            43881,
            43881.0,
            43881.5,
            20200220.0,
            date(2020, 2, 20),
            datetime(2020, 2, 20, 8, 30),  # noqa: DTZ001
            "43881",
        ],
    )
    def test_dates_in_many_forms(self, written):
        assert with_cell("返岗日期", written).rows[0].arrived_on == date(2020, 2, 20)

    @pytest.mark.parametrize(
        ("written", "message"),
        [
            ("2.20", "日期缺少年份，无法确定是哪一天"),
            (2.2, "日期缺少年份，无法确定是哪一天"),
            ("2月20日", "日期缺少年份，无法确定是哪一天"),
            ("2/20", "日期缺少年份，无法确定是哪一天"),
            ("20-2-20", "年份只有两位，无法确定是哪一天"),
            ("2020-02-30", "没有这一天"),
            ("2020-13-01", "没有这一天"),
            ("20200231", "没有这一天"),
            ("上周", "这不是日期"),
            ("2020", "这不是日期"),
            (3.5e9, "这不是日期"),
            ("2018-02-20", "日期过早"),
            ("2022-02-20", "日期过晚"),
        ],
    )
    def test_unclear_dates_are_refused(self, written, message):
        assert str(with_cell("到达日期", written).errors[0].message) == message

    def test_a_certificate_is_not_of_tomorrow(self):
        assert with_cell("健康证明日期", "2020-03-02").ok
        assert str(with_cell("健康证明日期", "2020-03-03").errors[0].message) == "日期在今天之后"

    @pytest.mark.parametrize(
        ("written", "key"),
        [
            ("健康", "healthy"),
            ("healthy", "healthy"),
            ("Healthy", "healthy"),
            ("发烧", "symptoms"),
            ("居家隔离", "under_observation"),
            ("已治愈", "recovered"),
            ("确诊", "confirmed"),
            ("良好。", "healthy"),
            ("健 康", "healthy"),
        ],
    )
    def test_health(self, written, key):
        assert with_cell("健康状况", written).rows[0].health == key

    def test_health_of_none_is_no_answer(self):
        assert "健康 / 有症状 / 医学观察 / 确诊 / 治愈" in str(
            with_cell("健康状况", "无").errors[0].expected
        )

    @pytest.mark.parametrize(
        ("written", "key"), [("阴性", "pass"), ("不合格", "fail"), ("", "pending")]
    )
    def test_inspection(self, written, key):
        assert with_cell("检验检疫结果", written).rows[0].inspection == key

    def test_a_bare_yes_is_no_inspection_result(self):
        assert with_cell("检验检疫结果", "是").errors

    @pytest.mark.parametrize("written", ["2", 2.0, "第二批", "第2批", "二", "２"])
    def test_batches(self, written):
        assert with_cell("批次", written).rows[0].return_batch == 2

    @pytest.mark.parametrize("written", ["0", "-1", "100", "1.5", 1.5, "首批"])
    def test_wrong_batches(self, written):
        assert with_cell("批次", written).errors[0].key == "return_batch"

    def test_no_certificate_is_no_number(self):
        assert with_cell("健康证明", "无").rows[0].certificate_no == ""
        assert with_cell("健康证明", "JK 001").rows[0].certificate_no == "JK 001"

    def test_what_an_export_put_before_a_sign_is_taken_away(self):
        assert with_cell("车间", "'=一车间").rows[0].workshop == "=一车间"
        assert with_cell("联系电话", "'+8613800001234").rows[0].mobile == "13800001234"

    @pytest.mark.parametrize(
        ("written", "parts"),
        [
            ("河南省焦作市解放区", ("河南省", "焦作市", "解放区")),
            ("北京市朝阳区", ("北京市", "", "朝阳区")),
            ("广西壮族自治区南宁市", ("广西壮族自治区", "南宁市", "")),
            ("湖北省恩施土家族苗族自治州利川市", ("湖北省", "恩施土家族苗族自治州", "利川市")),
            ("温县", ("", "", "温县")),
            ("焦作市", ("", "焦作市", "")),
            ("", ("", "", "")),
        ],
    )
    def test_a_home_place_in_one_cell_is_split(self, written, parts):
        row = with_cell("籍贯", written).rows[0]

        assert (row.origin_province, row.origin_city, row.origin_county) == parts

    def test_separate_columns_of_the_home_place_win_over_the_single_one(self):
        result = sheet(
            [*PERSON, "河南省焦作市", "湖北省"], headings=[*HEADINGS, "户籍地址", "籍贯（省）"]
        )

        assert (result.rows[0].origin_province, result.rows[0].origin_city) == ("湖北省", "")


class TestFitToReturn:
    @pytest.mark.parametrize(
        ("certificate", "inspection", "fit"),
        [
            ("JK1", "pass", True),
            ("", "pass", False),
            ("JK1", "pending", False),
            ("JK1", "fail", False),
            ("JK1", "", False),
            ("", "", False),
        ],
    )
    def test_needs_certificate_and_inspection(self, certificate, inspection, fit):
        row = SimpleNamespace(certificate_no=certificate, inspection=inspection)

        assert fit_to_return(row) is fit


class TestTypedRow:
    def test_is_checked_as_an_imported_one(self):
        given = dict(zip(("name", "id_number", "mobile", "workshop"), PERSON, strict=False))

        row, wrong = check_roster_row(given, today=TODAY)

        assert wrong == {}
        assert row == roster.RosterRow(0, "张三", "resident_id", ID, "13800001234", "一车间")

    def test_names_every_wrong_field(self):
        _row, wrong = check_roster_row({"id_number": "1", "arrived_on": "2.20"}, today=TODAY)

        assert sorted(wrong) == ["arrived_on", "id_number", "mobile", "name", "workshop"]
