"""Which known document a copy is that does not say so."""

from jiaozuo_portal.lib.scripts import traditional
from policies.texts.resembling import Known, known_as, resemblance
from policies.texts.split import split

LANTERNS = """测政〔2020〕7号
1. 每盏灯笼补贴三元，先点先得。（责任单位：市灯笼局、财政局）
2. 灯油可以赊账一个月，不收利息。（责任单位：市灯油局）
"""
KITES = """测政〔2020〕8号
1. 风筝学校免收学费，但须自备丝线。（责任单位：市风筝局）
2. 放飞场地全天开放，夜里要有人看守。（责任单位：市场地局、财政局）
"""


def read(text):
    (document,) = split(text).documents
    return document


KNOWN = [known_as(read(text).number, read(text)) for text in (LANTERNS, KITES)]


def test_a_copy_without_a_number_is_recognised_in_the_other_script():
    copy = read(traditional(LANTERNS.partition("\n")[2]).replace("，", ",").replace("先點", "先來"))

    (found,) = resemblance(copy, KNOWN)

    assert copy.number == ""
    assert found.key == "测政〔2020〕7号"
    assert 0.7 < found.share < 1


def test_the_same_text_resembles_itself_wholly_and_a_part_the_less():
    whole, part = read(LANTERNS), read(LANTERNS.partition("2.")[0])

    assert [(one.key, one.share) for one in resemblance(whole, KNOWN)] == [("测政〔2020〕7号", 1.0)]
    assert [(one.key, one.share) for one in resemblance(part, KNOWN)] == [("测政〔2020〕7号", 0.5)]


def test_departments_recognise_a_document_whose_wording_is_not_known():
    names = {1: ["市灯笼局", "财政局"], 2: ["市灯油局"]}
    known = [Known("灯", departments=names), Known("筝", departments={1: ["市风筝局"]})]

    (found,) = resemblance(read(traditional(LANTERNS)), known)

    assert (found.key, found.share) == ("灯", 1.0)


def test_nothing_resembles_nothing():
    assert resemblance(read(LANTERNS), []) == ()
    assert resemblance(read("测政〔2020〕9号"), [Known("空")]) == ()
