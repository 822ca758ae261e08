"""The words of the sheets as data: headings with their usual aliases, answers, items, units.

Each carries Chinese and English itself, so nothing here goes through the catalogue of
translations. Headings are compared after folding (see columns.fold_heading): case, spaces, full
width and whatever stands in brackets do not count, so aliases are written plainly.
"""

from __future__ import annotations

from .words import Words

NONE_ZH = "无"
NOTE_HEADING = Words("问题说明", "What to correct")
EXAMPLE_MARK = Words("示例", "Example")

# key: heading in both languages, then aliases
ROSTER_HEADINGS: dict[str, tuple[Words, tuple[str, ...]]] = {
    "name": (
        Words("姓名", "Name"),
        ("员工姓名", "职工姓名", "人员姓名", "返岗人员姓名", "返岗职工姓名", "名字", "full name"),
    ),
    "id_kind": (
        Words("证件类型", "ID type"),
        ("证件种类", "证件类别", "身份证件类型", "有效证件类型", "document type", "id kind"),
    ),
    "id_number": (
        Words("证件号码", "ID number"),
        (
            "身份证号",
            "身份证号码",
            "身份证",
            "公民身份号码",
            "居民身份证号",
            "居民身份证号码",
            "证件号",
            "身份证件号码",
            "有效证件号码",
            "身份证/护照号",
            "身份证或护照号码",
            "身份号码",
            "id no",
            "id card",
            "id card number",
            "document number",
        ),
    ),
    "mobile": (
        Words("手机号", "Mobile"),
        (
            "手机",
            "手机号码",
            "联系电话",
            "联系方式",
            "电话",
            "电话号码",
            "本人电话",
            "本人手机",
            "移动电话",
            "联系手机",
            "本人联系电话",
            "mobile number",
            "phone",
            "phone number",
            "cell phone",
        ),
    ),
    "workshop": (
        Words("车间", "Workshop"),
        (
            "所在车间",
            "车间名称",
            "部门",
            "所在部门",
            "部门名称",
            "车间/部门",
            "车间部门",
            "车间或部门",
            "单位部门",
            "科室",
            "department",
            "dept",
        ),
    ),
    "team": (
        Words("班组", "Team"),
        ("所在班组", "班组名称", "小组", "班次", "班组/科室", "生产班组", "group", "shift"),
    ),
    "post": (
        Words("岗位", "Post"),
        (
            "工种",
            "职务",
            "职位",
            "岗位名称",
            "岗位/工种",
            "岗位工种",
            "position",
            "job",
            "job title",
        ),
    ),
    "origin": (
        Words("籍贯", "Home place"),
        (
            "户籍",
            "户籍地",
            "户籍地址",
            "户籍所在地",
            "家庭住址",
            "家庭地址",
            "籍贯地址",
            "常住地",
            "来源地",
            "省市县",
            "家乡",
            "home address",
            "origin",
        ),
    ),
    "origin_province": (
        Words("籍贯（省）", "Home province"),
        (
            "省",
            "省份",
            "籍贯省",
            "籍贯省份",
            "户籍省",
            "户籍省份",
            "来源省",
            "来源地省",
            "所在省",
            "省/直辖市",
            "省自治区直辖市",
            "province",
            "origin province",
        ),
    ),
    "origin_city": (
        Words("籍贯（市）", "Home city"),
        (
            "市",
            "城市",
            "地市",
            "籍贯市",
            "籍贯城市",
            "户籍市",
            "来源市",
            "来源地市",
            "所在市",
            "city",
            "origin city",
        ),
    ),
    "origin_county": (
        Words("籍贯（县区）", "Home county"),
        (
            "县",
            "区县",
            "县区",
            "县/区",
            "区/县",
            "县市区",
            "县（市、区）",
            "籍贯县",
            "籍贯区县",
            "籍贯县区",
            "户籍县",
            "来源县",
            "county",
            "district",
            "origin county",
        ),
    ),
    "coming_from": (
        Words("从何地返回", "Coming from"),
        (
            "返岗出发地",
            "出发地",
            "来自",
            "从哪里来",
            "从哪里返回",
            "返回出发地",
            "返程出发地",
            "返焦前所在地",
            "返岗前所在地",
            "返回前所在地",
            "返岗前居住地",
            "何地返回",
            "来源",
            "place of departure",
            "from",
            "returning from",
        ),
    ),
    "arrived_on": (
        Words("到达日期", "Arrival date"),
        (
            "返回日期",
            "返岗日期",
            "到达时间",
            "返回时间",
            "抵达日期",
            "抵达时间",
            "返岗时间",
            "返焦日期",
            "返焦时间",
            "到岗日期",
            "到厂日期",
            "date of arrival",
            "arrival",
            "arrived on",
        ),
    ),
    "health": (
        Words("健康状况", "Health"),
        (
            "身体状况",
            "健康情况",
            "健康状态",
            "身体健康状况",
            "身体情况",
            "目前健康状况",
            "目前身体状况",
            "是否健康",
            "health status",
            "health condition",
        ),
    ),
    "travel": (
        Words("春节假期出行情况", "Spring Festival travel"),
        (
            "春节出行",
            "春节期间出行情况",
            "春节出行情况",
            "假期出行情况",
            "出行情况",
            "出行信息",
            "春节假期出行信息",
            "春节期间外出情况",
            "外出情况",
            "旅行史",
            "出行史",
            "旅居史",
            "是否外出",
            "travel",
            "travel history",
            "holiday travel",
        ),
    ),
    "gatherings": (
        Words("集会聚会情况", "Gatherings"),
        (
            "聚会",
            "聚会情况",
            "聚集情况",
            "集会聚会",
            "参加聚会情况",
            "参加集会聚会情况",
            "聚集聚会情况",
            "聚餐情况",
            "聚会聚餐情况",
            "是否参加聚会",
            "gathering",
            "parties",
            "meetings",
        ),
    ),
    "certificate_no": (
        Words("健康证明编号", "Health certificate no."),
        (
            "健康证明",
            "健康证编号",
            "健康证号",
            "健康证",
            "健康证明号",
            "健康证明号码",
            "健康申报证明",
            "健康申报证明编号",
            "健康证明书编号",
            "certificate",
            "certificate number",
            "certificate no",
            "health certificate",
            "health certificate no",
            "health certificate number",
        ),
    ),
    "certificate_on": (
        Words("健康证明日期", "Certificate date"),
        (
            "健康证日期",
            "健康证明开具日期",
            "健康证明出具日期",
            "证明日期",
            "开具日期",
            "出具日期",
            "健康证明时间",
            "发证日期",
            "date of certificate",
            "health certificate date",
        ),
    ),
    "inspection": (
        Words("检验检疫结果", "Inspection result"),
        (
            "检验检疫",
            "检疫结果",
            "检验结果",
            "检测结果",
            "核酸检测结果",
            "体检结果",
            "检查结果",
            "检验检疫情况",
            "筛查结果",
            "inspection",
            "test result",
            "quarantine result",
        ),
    ),
    "return_batch": (
        Words("返岗批次", "Return batch"),
        ("批次", "返厂批次", "复工批次", "错峰批次", "返岗批", "第几批", "batch", "return group"),
    ),
}

LEDGER_HEADINGS: dict[str, tuple[Words, tuple[str, ...]]] = {
    "item": (
        Words("物资名称", "Item"),
        ("物资", "品名", "物品", "物品名称", "名称", "防疫物资", "物资品名", "supply", "goods"),
    ),
    "unit": (Words("单位", "Unit"), ("计量单位", "数量单位", "unit of measure")),
    "direction": (
        Words("出入库", "In or out"),
        (
            "收发",
            "类型",
            "方向",
            "出库/入库",
            "入库/出库",
            "出入库类型",
            "收发类型",
            "收/发",
            "进出",
            "操作",
            "direction",
            "in/out",
            "movement",
        ),
    ),
    "quantity": (
        Words("数量", "Quantity"),
        ("出入库数量", "入库数量", "出库数量", "收发数量", "qty", "amount", "count"),
    ),
    "date": (
        Words("日期", "Date"),
        ("出入库日期", "时间", "收发日期", "登记日期", "领用日期", "发生日期", "day"),
    ),
    "person": (
        Words("经手人", "Person"),
        (
            "领用人",
            "责任人",
            "登记人",
            "经办人",
            "领取人",
            "负责人",
            "姓名",
            "handled by",
            "handler",
            "name",
        ),
    ),
    "purpose": (
        Words("用途", "Purpose"),
        (
            "用途说明",
            "用途及去向",
            "去向",
            "来源/用途",
            "来源或用途",
            "备注",
            "说明",
            "use",
            "remark",
        ),
    ),
}

# key: name in both languages, then what people write
Answers = dict[str, tuple[Words, tuple[str, ...]]]

ID_KIND_ANSWERS: Answers = {
    "resident_id": (
        Words("居民身份证", "Resident ID card"),
        (
            "身份证",
            "二代身份证",
            "第二代身份证",
            "二代证",
            "大陆居民身份证",
            "公民身份证",
            "resident id",
            "id card",
            "id",
        ),
    ),
    "passport": (
        Words("护照", "Passport"),
        (
            "外国护照",
            "中国护照",
            "因私护照",
            "通行证",
            "港澳居民来往内地通行证",
            "回乡证",
            "台湾居民来往大陆通行证",
            "台胞证",
            "港澳通行证",
            "travel permit",
        ),
    ),
    "residence_permit": (
        Words("居住证", "Residence permit"),
        (
            "港澳台居民居住证",
            "港澳居民居住证",
            "台湾居民居住证",
            "港澳台居住证",
            "外国人永久居留身份证",
            "外国人永久居留证",
            "永久居留证",
            "外国人居留证",
            "permanent residence card",
        ),
    ),
}

HEALTH_ANSWERS: Answers = {
    "healthy": (
        Words("健康", "Healthy"),
        (
            "正常",
            "良好",
            "无异常",
            "身体健康",
            "健康良好",
            "状况良好",
            "无症状",
            "未见异常",
            "好",
            "体温正常",
            "well",
            "normal",
            "good",
        ),
    ),
    "symptoms": (
        Words("有症状", "Symptoms"),
        (
            "发热",
            "发烧",
            "咳嗽",
            "发热咳嗽",
            "乏力",
            "不适",
            "有发热",
            "有咳嗽",
            "发热、咳嗽",
            "感冒",
            "异常",
            "fever",
            "cough",
            "unwell",
        ),
    ),
    "under_observation": (
        Words("医学观察", "Under observation"),
        (
            "隔离",
            "隔离中",
            "隔离观察",
            "居家隔离",
            "居家观察",
            "集中隔离",
            "居家医学观察",
            "集中医学观察",
            "密切接触者",
            "密接",
            "疑似",
            "疑似病例",
            "isolated",
            "quarantined",
            "observation",
        ),
    ),
    "confirmed": (
        Words("确诊", "Confirmed case"),
        ("确诊病例", "新冠确诊", "已确诊", "新冠肺炎确诊", "confirmed"),
    ),
    "recovered": (
        Words("治愈", "Recovered"),
        ("康复", "已治愈", "已康复", "治愈出院", "痊愈", "cured"),
    ),
}

# A bare yes is left out on purpose: 「检验检疫：是」 may mean only that one took place.
INSPECTION_ANSWERS: Answers = {
    "pass": (
        Words("合格", "Pass"),
        (
            "通过",
            "阴性",
            "正常",
            "无异常",
            "未见异常",
            "检验合格",
            "检疫合格",
            "passed",
            "negative",
        ),
    ),
    "fail": (
        Words("不合格", "Fail"),
        ("未通过", "阳性", "异常", "不通过", "检验不合格", "failed", "positive"),
    ),
    "pending": (
        Words("待检", "Pending"),
        ("未检", "待检验", "待检测", "检测中", "未检测", "待出结果", "未检验", "无", "not yet"),
    ),
}

DIRECTION_ANSWERS: Answers = {
    "in": (
        Words("入库", "In"),
        ("入", "收", "收入", "购入", "采购", "采购入库", "进", "领入", "捐赠", "received"),
    ),
    "out": (
        Words("出库", "Out"),
        ("出", "发", "发放", "领用", "领用出库", "使用", "发出", "消耗", "issued"),
    ),
}

# key: item in both languages, its usual unit, then what people write
ITEMS: dict[str, tuple[Words, Words, tuple[str, ...]]] = {
    "mask": (
        Words("口罩", "Mask"),
        Words("只", "piece"),
        (
            "一次性口罩",
            "医用口罩",
            "一次性医用口罩",
            "医用外科口罩",
            "外科口罩",
            "n95口罩",
            "n95",
            "kn95口罩",
            "kn95",
            "防护口罩",
            "医用防护口罩",
            "masks",
            "face mask",
        ),
    ),
    "disinfectant": (
        Words("消毒液", "Disinfectant"),
        Words("升", "litre"),
        ("84消毒液", "84", "消毒水", "含氯消毒液", "消毒剂", "84消毒剂", "disinfectants", "bleach"),
    ),
    "alcohol": (
        Words("酒精", "Alcohol"),
        Words("升", "litre"),
        ("75%酒精", "75酒精", "医用酒精", "消毒酒精", "乙醇", "medical alcohol", "ethanol"),
    ),
    "hand_sanitiser": (
        Words("洗手液", "Hand sanitiser"),
        Words("瓶", "bottle"),
        (
            "免洗洗手液",
            "手消",
            "手消毒液",
            "免洗手消毒液",
            "免洗手消毒凝胶",
            "hand sanitizer",
            "soap",
        ),
    ),
    "protective_suit": (
        Words("防护服", "Protective suit"),
        Words("套", "set"),
        ("医用防护服", "一次性防护服", "隔离衣", "隔离服", "protective clothing", "gown"),
    ),
    "gloves": (
        Words("手套", "Gloves"),
        Words("双", "pair"),
        ("一次性手套", "医用手套", "乳胶手套", "橡胶手套", "防护手套", "丁腈手套", "glove"),
    ),
    "goggles": (
        Words("护目镜", "Goggles"),
        Words("副", "pair"),
        ("防护眼镜", "防护镜", "面屏", "防护面罩", "face shield"),
    ),
    "forehead_thermometer": (
        Words("额温枪", "Forehead thermometer"),
        Words("把", "piece"),
        (
            "测温枪",
            "体温枪",
            "红外测温枪",
            "红外线测温仪",
            "红外体温计",
            "红外额温枪",
            "测温仪",
            "infrared thermometer",
            "thermometer gun",
        ),
    ),
    "thermometer": (
        Words("体温计", "Thermometer"),
        Words("支", "piece"),
        ("水银体温计", "电子体温计", "温度计", "clinical thermometer"),
    ),
    "sprayer": (
        Words("喷雾器", "Sprayer"),
        Words("台", "piece"),
        ("消毒喷雾器", "喷壶", "电动喷雾器", "背负式喷雾器", "消毒喷壶", "spray bottle"),
    ),
}

# What people write for one unit; a unit that is not listed stays as it was written.
UNIT_ALIASES: dict[str, tuple[str, ...]] = {
    "只": ("个", "片", "枚", "piece", "pieces", "pcs", "pc"),
    "升": ("l", "公升", "litre", "liter", "litres", "liters"),
    "毫升": ("ml", "millilitre", "milliliter"),
    "瓶": ("bottle", "bottles"),
    "桶": ("barrel", "drum"),
    "套": ("件", "身", "set", "sets"),
    "双": ("对", "pair", "pairs"),
    "盒": ("box", "boxes"),
    "包": ("袋", "pack", "packs"),
    "箱": ("carton", "cartons", "case"),
    "公斤": ("千克", "kg", "kilogram"),
}

NO_WORDS = frozenset({"无", "没有", "否", "未", "未外出", "未出行", "未参加", "没", "no", "none"})
BLANK_WORDS = frozenset({"-", "'-", "--", "—", "——", "/", "\\", "n/a", "na", "null"})
HEADING_TO_PASS_OVER = frozenset({"序号", "编号", "no", "#", "问题说明", "whattocorrect"})
CHINESE_NUMERALS = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十一": 11,
    "十二": 12,
    "十三": 13,
    "十四": 14,
    "十五": 15,
}

ROSTER_HINTS: dict[str, tuple[Words, str]] = {
    "name": (Words("与证件一致", "As on the document"), "张三"),
    "id_kind": (
        Words(
            "居民身份证、护照、居住证之一；不填则按号码判断",
            "Resident ID card, passport or residence permit; told from the number if empty",
        ),
        "居民身份证",
    ),
    "id_number": (
        Words("居民身份证为 18 位，本列为文本格式", "18 characters, kept as text"),
        "11010519491231002X",
    ),
    "mobile": (Words("11 位手机号", "Mobile number of 11 digits"), "13800001234"),
    "workshop": (Words("所在车间或部门", "Workshop or department"), "一车间"),
    "team": (Words("所在班组", "Team within the workshop"), "甲班"),
    "post": (Words("岗位或工种", "Post or trade"), "操作工"),
    "origin": (Words("省、市、县连写", "Province, city and county in one"), "河南省焦作市解放区"),
    "origin_province": (Words("户籍所在省", "Home province"), "河南省"),
    "origin_city": (Words("户籍所在市", "Home city"), "焦作市"),
    "origin_county": (Words("户籍所在县区", "Home county or district"), "解放区"),
    "coming_from": (Words("返岗前所在地", "Where the person was before"), "河南省郑州市"),
    "arrived_on": (Words("例如 2020-02-20", "Such as 2020-02-20"), "2020-02-20"),
    "health": (
        Words(
            "健康、有症状、医学观察、确诊、治愈之一",
            "Healthy, symptoms, under observation, confirmed case or recovered",
        ),
        "健康",
    ),
    "travel": (Words("没有就填“无”", "Write “none” if there was none"), "无"),
    "gatherings": (Words("没有就填“无”", "Write “none” if there was none"), "无"),
    "certificate_no": (Words("健康证明的编号", "Number of the health certificate"), "JK202002001"),
    "certificate_on": (Words("例如 2020-02-20", "Such as 2020-02-20"), "2020-02-20"),
    "inspection": (
        Words("合格、不合格、待检之一", "Pass, fail or pending"),
        "合格",
    ),
    "return_batch": (Words("第几批，填数字", "Number of the batch"), "1"),
}

LEDGER_HINTS: dict[str, tuple[Words, str]] = {
    "item": (Words("例如口罩、消毒液", "Such as masks or disinfectant"), "口罩"),
    "unit": (Words("不填则用该物资常用的单位", "The usual unit of the item if empty"), "只"),
    "direction": (Words("入库或出库", "In or out"), "入库"),
    "quantity": (Words("大于 0，最多三位小数", "Above 0, three decimals at most"), "500"),
    "date": (Words("例如 2020-02-20", "Such as 2020-02-20"), "2020-02-20"),
    "person": (Words("经手人姓名", "Who handled it"), "张三"),
    "purpose": (Words("来源或用途", "Where from or what for"), "采购入库"),
}

# Patterns and marks of Chinese writing that the parsers need.
DATE_PATTERN = (
    r"([0-9]{4})\s?[-/.年]\s?([0-9]{1,2})\s?[-/.月]\s?([0-9]{1,2})\s?[日号]?"
    r"(?:[T ]+[0-9:.]{4,15})?"
)
DATE_WITHOUT_YEAR = r"[0-9]{1,2}[-/.月][0-9]{1,2}[日号]?"
DATE_WITH_SHORT_YEAR = r"[0-9]{1,2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}[日号]?"
BATCH_PREFIX, BATCH_SUFFIXES = "第", ("批次", "批")
NO_CERTIFICATE = frozenset({"无", "没有", "否", "未办", "未开", "none", "no"})
PLACE_PATTERN = (
    r"(?P<province>.{2,}?(?:省|自治区)|(?:北京|天津|上海|重庆)市|(?:香港|澳门)特别行政区)?"
    r"(?P<city>[^市县区]{1,}?(?:市|自治州|地区|盟))?"
    r"(?P<county>.*)"
)
LIST_MARK = "、"
CSV_DELIMITERS = ",\t;，"
FULL_STOPS = "。."
ANSWER_ENDS = "。.,;；、"
FORMULA_STARTS = "=+-@＝＋－＠"

# Names and places of the sample rosters: common ones, put together by chance.
SAMPLE_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
SAMPLE_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文辉玲红波鑫宇浩凯燕飞鹏华建国志海"
SAMPLE_PLACES: tuple[tuple[str, str, str, str], ...] = (
    # the first two digits of ids, province, city, county
    ("41", "河南省", "焦作市", "解放区"),
    ("41", "河南省", "焦作市", "温县"),
    ("41", "河南省", "焦作市", "孟州市"),
    ("41", "河南省", "郑州市", "中原区"),
    ("41", "河南省", "新乡市", "辉县市"),
    ("42", "湖北省", "襄阳市", "枣阳市"),
    ("14", "山西省", "晋城市", "泽州县"),
    ("13", "河北省", "邯郸市", "永年区"),
    ("61", "陕西省", "西安市", "雁塔区"),
    ("34", "安徽省", "阜阳市", "临泉县"),
)
SAMPLE_WORKSHOPS = ("铸造车间", "机加车间", "装配车间", "包装车间", "动力车间", "行政办公室")
SAMPLE_TEAMS = ("甲班", "乙班", "丙班")
SAMPLE_POSTS = ("操作工", "质检员", "班长", "维修工", "叉车工", "文员")
SAMPLE_HEALTH = "健康"
SAMPLE_TRAVEL = ("无", "无", "无", "郑州市走亲", "新乡市探亲")
SAMPLE_GATHERINGS = ("无", "无", "无", "家庭聚餐一次")
SAMPLE_CERTIFICATE = "JK2020"
SAMPLE_RESULTS = ("合格", "合格", "合格", "合格", "待检")
SAMPLE_WRONG_HEALTH = ("还行", "见附表")
SAMPLE_LANDLINE = "0391-3560000"
SAMPLE_NO_YEAR = "2.20"
SAMPLE_SHEET = "花名册"
