"""Departments that lists print in short, under their full names."""

from policies.texts.departments import Named, full_names

ALIASES = {
    "市市场监管局": "市市场监管局",
    "市市场监督管理局": "市市场监管局",
    "省灯笼厅": "省灯笼厅",
    "竹篾厅": "省竹篾厅",
    "省竹篾厅": "省竹篾厅",
    "各县（市）区人民政府": "各县（市）区人民政府",
}


def names(*printed):
    return [one.name for one in full_names(printed, ALIASES)]


def test_names_after_the_first_take_its_level():
    assert names("省灯笼厅", "竹篾厅", "风筝厅") == ["省灯笼厅", "省竹篾厅", "省风筝厅"]
    assert full_names(["市灯笼局", "财政局"], {})[1] == Named("财政局", "市财政局", False)


def test_names_of_their_own_take_no_level():
    own = ["市灯笼局", "人行测试市支行", "各县（市）区人民政府", "焦作灯会", "灯笼师傅"]

    assert names(*own) == own


def test_two_names_of_one_body_are_one_department():
    assert names("市市场监督管理局", "市市场监管局") == ["市市场监管局"]


def test_script_and_brackets_do_not_matter():
    assert names("各縣〔市〕區人民政府", "市市場監督管理局") == [
        "各县（市）区人民政府",
        "市市场监管局",
    ]


def test_before_the_first_level_nothing_is_added():
    assert names("财政局", "市灯笼局", "财政局") == ["财政局", "市灯笼局", "市财政局"]
