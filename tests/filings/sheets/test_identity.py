from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filings.sheets import identity
from filings.sheets.words import BadValue

TODAY = date(2020, 3, 2)
VALID = "11010519491231002X"

births = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)
provinces = st.sampled_from(sorted(identity.PROVINCES))


@st.composite
def resident_ids(draw: st.DrawFn) -> str:
    place = draw(provinces) + f"{draw(st.integers(0, 9999)):04d}"
    first = place + draw(births).strftime("%Y%m%d") + f"{draw(st.integers(0, 999)):03d}"
    return first + identity.check_character(first)


def refusal(check, *values) -> str:
    with pytest.raises(BadValue) as caught:
        check(*values)
    return str(caught.value.message)


class TestResidentId:
    @given(resident_ids())
    def test_every_well_formed_number_is_taken_as_it_is(self, number):
        assert identity.resident_id(number, TODAY) == number

    @given(resident_ids(), st.integers(0, 16), st.integers(1, 9))
    def test_one_wrong_digit_is_always_refused(self, number, place, step):
        wrong = str((int(number[place]) + step) % 10)
        spoilt = number[:place] + wrong + number[place + 1 :]

        with pytest.raises(BadValue):
            identity.resident_id(spoilt, TODAY)

    @given(resident_ids(), st.integers(0, 15))
    def test_two_neighbours_swapped_are_always_refused(self, number, place):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if swapped == number:
            return

        with pytest.raises(BadValue):
            identity.resident_id(swapped, TODAY)

    @given(st.text(max_size=24) | st.floats(allow_nan=False) | st.integers())
    def test_anything_at_all_gives_a_number_or_a_refusal(self, value):
        try:
            answer = identity.resident_id(value, TODAY)
        except BadValue as bad:
            answer = f"{bad.message!s}: {bad.expected!s}"

        assert len(answer) >= 18

    @pytest.mark.parametrize(
        "written",
        [
            "11010519491231002x",
            " 110105 19491231 002X ",
            "１１０１０５１９４９１２３１００２Ｘ",
            "110105-19491231-002X",
            "'11010519491231002X",
            "\u200b11010519491231002X\ufeff",
        ],
    )
    def test_other_ways_to_write_it_are_folded(self, written):
        assert identity.resident_id(written, TODAY) == VALID

    def test_born_today_is_taken_and_born_tomorrow_is_not(self):
        def born(day: date) -> str:
            first = "410899" + day.strftime("%Y%m%d") + "001"
            return first + identity.check_character(first)

        assert identity.resident_id(born(TODAY), TODAY)
        assert refusal(identity.resident_id, born(TODAY + timedelta(days=1)), TODAY) == (
            "证件号码里的出生日期在今天之后"
        )
        assert "1900" in refusal(identity.resident_id, born(date(1899, 12, 31)), TODAY)

    def test_a_day_that_does_not_exist_is_refused(self):
        first = "41089919990229001"

        message = refusal(identity.resident_id, first + identity.check_character(first), TODAY)

        assert message == "证件号码里的出生日期不存在"

    def test_an_unknown_province_is_refused(self):
        first = "99010119900101001".replace("99", "17", 1)

        message = refusal(identity.resident_id, first + identity.check_character(first), TODAY)

        assert message == "身份证号码开头两位不是任何省份"

    def test_length_is_named(self):
        assert "17 位" in refusal(identity.resident_id, VALID[:-1], TODAY)
        assert refusal(identity.resident_id, "110105491231002", TODAY) == (
            "15 位的旧身份证号码已经停用"
        )

    @pytest.mark.parametrize(
        "value",
        [
            4.10802199001010e17,
            410802199001010000,
            "4.10802E+17",
            "4.10802199001010E+17",
            "410802199001010000.0",
        ],
    )
    def test_a_number_made_by_excel_is_named_as_such(self, value):
        assert "Excel 当成了数字" in refusal(identity.resident_id, value, TODAY)

    def test_a_number_that_ends_in_zeros_hints_at_excel(self):
        assert "末三位是 000" in refusal(identity.resident_id, "410802199001010000", TODAY)

    def test_a_permit_under_the_wrong_kind_says_which_kind_is_right(self):
        first = "81000019900101001"
        number = first + identity.check_character(first)

        with pytest.raises(BadValue) as caught:
            identity.resident_id(number, TODAY)

        assert "居住证" in str(caught.value.expected)
        assert identity.residence_permit(number, TODAY) == number


class TestOtherDocuments:
    @pytest.mark.parametrize("region", ["810000", "820000", "830000", "911156"])
    def test_permits_of_eighteen_characters(self, region):
        first = region + "19900101" + "001"
        number = first + identity.check_character(first)

        assert identity.id_document(number.lower(), "", TODAY) == ("residence_permit", number)

    def test_a_permit_with_a_wrong_check_character_is_refused(self):
        first = "81000019900101001"
        wrong = "0" if identity.check_character(first) != "0" else "1"

        assert "校验位" in refusal(identity.residence_permit, first + wrong, TODAY)

    def test_the_old_foreign_card_has_fifteen_characters(self):
        assert identity.id_document("USA110074122501", "", TODAY) == (
            "residence_permit",
            "USA110074122501",
        )
        assert "不存在" in refusal(identity.residence_permit, "USA110074132501", TODAY)

    def test_a_resident_id_is_no_permit(self):
        with pytest.raises(BadValue) as caught:
            identity.residence_permit(VALID, TODAY)

        assert "居民身份证" in str(caught.value.expected)

    def test_passports(self):
        assert identity.id_document("e12345678", "", TODAY) == ("passport", "E12345678")
        assert identity.id_document(123456789.0, "passport", TODAY) == ("passport", "123456789")
        assert "位数或字符" in refusal(identity.passport, "E12", TODAY)
        assert "位数或字符" in refusal(identity.passport, "ABCDEFGH", TODAY)

    @pytest.mark.parametrize("short", [VALID[:-1], VALID[1:], "410802199001"])
    def test_a_resident_id_with_digits_missing_never_passes_as_a_passport(self, short):
        assert identity.likely_kind(short) == "resident_id"

        with pytest.raises(BadValue):
            identity.id_document(short, "", TODAY)


class TestMobile:
    @pytest.mark.parametrize(
        "written",
        [
            "13800001234",
            "+86 138 0000 1234",
            "+8613800001234",
            "0086-138-0000-1234",
            "138-0000-1234",
            "１３８００００１２３４",
            "'+8613800001234",
            13800001234,
            13800001234.0,
            "8613800001234",
            "(86)13800001234",
            "+86－138－0000－1234",
        ],
    )
    def test_usual_ways_to_write_it(self, written):
        assert identity.mobile(written) == "13800001234"

    @pytest.mark.parametrize("written", ["1380000123", "12800001234", "0391-3568000", "无", 1.5])
    def test_others_are_refused(self, written):
        assert refusal(identity.mobile, written)


class TestUscc:
    def test_valid_codes_are_folded(self):
        assert identity.uscc(" 91110000600037341l ") == "91110000600037341L"

    @pytest.mark.parametrize("code", ["91110000600037341A", "91110000600037341", "", "O" * 18])
    def test_wrong_codes_are_refused(self, code):
        assert refusal(identity.uscc, code)


class TestMasking:
    def test_a_resident_id_keeps_three_and_four(self):
        assert identity.masked("410802199001011234") == "410***********1234"
        assert identity.masked("13800001234") == "138****1234"

    @pytest.mark.parametrize("short", ["1", "12", "E1234567", "1234567890"])
    def test_short_ones_keep_less_than_half(self, short):
        assert identity.masked(short).count("*") * 2 > len(short)

    def test_a_number_inside_text_is_starred_and_a_date_is_not(self):
        assert identity.mask_numbers("张三 410802199001011234") == "张三 410***********1234"
        assert identity.mask_numbers("2020-02-30") == "2020-02-30"
