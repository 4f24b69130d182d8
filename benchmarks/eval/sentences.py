"""The text around the tables: sentences that state the tables' counts and how to reach the office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from benchmarks.eval.printed import Contact

_PLACES = (
    "中卫市沙坡头区", "淮安市洪泽区", "吴忠市", "宁夏回族自治区", "沙坡头区", "杭州市", "苏州市姑苏区",
    "成都市", "黔东南苗族侗族自治州", "东莞市", "江西省", "邯郸市", "宿迁市", "甘肃省",
)  # fmt: skip
_OFFICES = (
    "民政局", "人民政府办公室", "财政局", "卫生健康委员会", "水务局", "教育局", "人力资源和社会保障局",
    "统计局", "市场监督管理局", "自然资源局",
)  # fmt: skip
_STREETS = ("人民路", "迎宾大道", "建设东街", "文昌北路")


def agency(random: Random) -> str:
    """The name of an office; the invented pairs need not exist."""
    return random.choice(_PLACES) + random.choice(_OFFICES)


def title(name: str, year: int, random: Random) -> str:
    """The report's title, in one of the wordings that offices use."""
    digits = "".join("〇一二三四五六七八九"[int(d)] for d in str(year))
    return random.choice((
        f"{name}{year}年政府信息公开工作年度报告",
        f"{name}{year}年政府信息公开工作年度报告",
        f"{name} {year} 年度政府信息公开工作报告",
        f"{name}{digits}年政府信息公开年度报告",
        f"{year}年{name}政府信息公开工作年度报告",
        f"{name}政府信息公开{year}年年度报告",
    ))  # fmt: skip


@dataclass(frozen=True)
class Prose:
    """Paragraphs, and the counts that they state, by the code of the narrative fact."""

    paragraphs: tuple[str, ...]
    counts: Mapping[str, int]


def preamble(name: str, year: int, edition: str) -> str:
    rule = {"2021": "国办公开办函〔2021〕30号", "2019": "国办公开办函〔2019〕60号"}.get(edition)
    under = f"和有关格式要求（{rule}）" if rule else ""
    return (
        f"根据《中华人民共和国政府信息公开条例》{under}的规定，{name}编制了本报告。"
        f"本报告所列数据的统计期限为{year}年1月1日至{year}年12月31日。"
    )


def overview(figures: Mapping[str, Decimal], year: int, random: Random) -> Prose:
    """Section one, with counts in figures: by channel, of applications and their outcomes."""
    website, wechat, weibo = (random.choice((0, random.randint(1, 4000))) for _ in range(3))
    total = website + wechat + weibo + random.randint(0, 30)
    counts = {"disclosed": total, "disclosed.website": website, "disclosed.wechat": wechat}
    spread = f"其中政府网站发布{website}条，微信公众号发布{wechat}条"
    if weibo:
        spread += f"，政务微博发布{weibo}条"
        counts["disclosed.weibo"] = weibo
    space = random.choice(("", " "))
    lines = [
        f"{year}年，本机关把信息公开列入全年安排，每个季度清点一次。",
        random.choice((
            f"（一）主动公开。全年主动公开政府信息{space}{total}{space}条，{spread}。",
            f"（一）主动公开情况。本年度共主动公开各类政府信息{space}{total}{space}条，{spread}。",
        )),
    ]  # fmt: skip
    sentence, stated = _requests(figures, space, random)
    lines.append(f"（二）依申请公开。{sentence}")
    lines += [
        "（三）政府信息管理。先审后发，谁起草谁核对。",
        "（四）平台建设。栏目旧链接逐条试开，打不开的当月修好。",
    ]
    lines.append("（五）监督保障。公布了意见箱和电话，没有人员因此被追究责任。")
    return Prose(tuple(lines), {**counts, **stated})


def _requests(figures: Mapping[str, Decimal], space: str, random: Random) -> tuple[str, dict[str, int]]:
    def total(row: str) -> int:
        return int(figures.get(f"requests/{row}/total", 0))

    if "requests/received/total" not in figures:
        return "受理渠道保持畅通。", {}
    received, carried, granted = total("received"), total("carried_in"), total("granted")
    left = total("carried_out")
    if not received and not carried:
        return "全年未收到政府信息公开申请。", {"requests.received": 0}
    said = random.choice((
        f"全年新收到政府信息公开申请{space}{received}{space}件，上年结转{space}{carried}{space}件，"
        f"予以公开{space}{granted}{space}件，结转下年度继续办理{space}{left}{space}件。",
        f"本年度共收到政府信息公开申请{space}{received}{space}件，上年度结转{space}{carried}{space}件，"
        f"其中予以公开{space}{granted}{space}件，结转下一年度{space}{left}{space}件。",
    ))  # fmt: skip
    return said, {
        "requests.received": received,
        "requests.carried_in": carried,
        "requests.granted": granted,
        "requests.carried_out": left,
    }


def remedies(figures: Mapping[str, Decimal]) -> Prose:
    """What stands above table 4."""
    review = int(figures.get("review/cases/reconsideration.total", 0))
    text = f"本年度因政府信息公开工作被申请行政复议{review}件。"
    return Prose((text,), {"review.reconsideration": review})


def problems(year: int) -> tuple[str, ...]:
    return (
        "存在的问题：一是个别栏目更新较慢，二是解读形式单一。",
        f"{year + 1}年的打算：给每个栏目定下更新日期，给重要文件配上图表或问答。",
    )


def contact(random: Random) -> tuple[str, Contact]:
    """The sentence that says how to reach the office, and its parts; some leave one out."""
    address = f"{random.choice(_PLACES)}{random.choice(_STREETS)}{random.randint(1, 300)}号"
    postcode = f"{random.randint(210000, 799999)}"
    telephone = f"0{random.randint(310, 955)}-{random.randint(2000000, 8999999)}"
    email = random.choice((None, f"xxgk{random.randint(1, 99)}@example.gov.cn"))
    text = f"如对本报告有疑问，请与本机关联系（地址：{address}；邮编：{postcode}；电话：{telephone}"
    text += f"；电子邮箱：{email}）。" if email else "）。"
    return text, Contact(address, postcode, telephone, email)
