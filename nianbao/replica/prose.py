"""The sentences of the replica's reports: invented, plain, and carrying the reports' own figures."""

from dataclasses import dataclass

from nianbao.replica.reports import Report

CHANNELS = {
    "website": "政府网站",
    "wechat": "微信公众号",
    "weibo": "政务微博",
    "new_media": "政务新媒体",
}


@dataclass(frozen=True)
class Section:
    """A heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


def preamble(report: Report) -> str:
    rule = "国办公开办函〔2021〕30号" if report.edition == "2021" else "国办公开办函〔2019〕60号"
    return (
        f"按照《中华人民共和国政府信息公开条例》和年度报告格式（{rule}）的规定，{report.agency}编写了本报告。"
        f"统计期限为 {report.year} 年 1 月 1 日至 {report.year} 年 12 月 31 日。"
    )


def _channels(report: Report) -> str:
    parts = [f"{name} {report.prose[code]} 条" for code, name in CHANNELS.items() if code in report.prose]
    return "，分渠道看，" + "、".join(parts) if parts else ""


def _disclosed(report: Report) -> str:
    text = f"（一）主动公开。这一年共公开信息 {report.prose.get('disclosed', 0)} 条{_channels(report)}。"
    if "suggestions" in report.prose:
        text += f"代表建议办理情况已公开 {report.prose['suggestions']} 条。"
    if "proposals" in report.prose:
        text += f"委员提案办理情况已公开 {report.prose['proposals']} 条。"
    return text


def _requests(report: Report) -> str:
    received = report.figure("requests/received/total")
    if not received:
        return "（二）依申请公开。全年没有收到政府信息公开申请。"
    carried = report.figure("requests/carried_in/total")
    granted = report.figure("requests/granted/total")
    start = f"（二）依申请公开。全年新收政府信息公开申请 {received} 件，上年结转 {carried} 件，"
    return start + f"予以公开 {granted} 件，结转下年度 {report.figure('requests/carried_out/total')} 件。"


def _management(report: Report) -> str:
    documents = report.prose.get("documents")
    count = f"本年印发文件 {documents} 个，均标明公开属性。" if documents else "文件印发前先定公开属性。"
    return f"（三）政府信息管理。信息由经办人起草、科室核对、分管负责人签发。{count}"


def overview(report: Report) -> tuple[str, ...]:
    """Section one, with the five matters that the 2021 form asks for."""
    return (
        f"{report.year} 年，{report.agency}把信息公开列入年度安排，每个季度查一次栏目更新。",
        _disclosed(report),
        _requests(report),
        _management(report),
        "（四）平台建设。栏目按事项分类，旧链接逐条试开，打不开的当月修好。",
        "（五）监督保障。公布了意见箱和电话，本年没有人员因信息公开被追究责任。",
    )


def review_note(report: Report) -> str:
    reconsidered = report.figure("review/cases/reconsideration.total")
    direct = report.figure("review/cases/litigation_direct.total")
    return f"本年因信息公开引起的行政复议 {reconsidered} 件，未经复议直接起诉的行政诉讼 {direct} 件。"


def problems(report: Report) -> tuple[str, ...]:
    return (
        "主要问题有两个：一是个别栏目更新慢，二是解读材料的形式单一。",
        f"{report.year + 1} 年准备这样改：给每个栏目定下更新日期，给重要文件配上图表或问答。",
    )


def other_matters(report: Report) -> tuple[str, ...]:
    return (
        f"（一）信息处理费。{report.year} 年没有发出收费通知，实际收取 0 元。",
        "（二）本报告在本站公布，可以直接阅读或下载。",
    )


def prose_sections(report: Report) -> tuple[Section, ...]:
    """A report of before 2019: topics only, no table."""
    n = report.prose
    return (
        Section("一、概述", (
            f"本报告由{report.agency}办公室编写，统计期限为 {report.year} 年 1 月 1 日至 12 月 31 日。",
            f"（一）组织。领导小组换了成员，开会 {n['meetings']} 次，学习 {n['study_sessions']} 次。",
            f"（二）人员。局机关和 {n['subordinate_units']} 个下属单位都有兼职人员。",
            "（三）平台。没有单独的网站，信息放在市政府网站和一个微博账号上。",
        )),
        Section("二、重点领域信息公开情况", ("低保、特困供养、医疗救助和临时救助的人数与金额按季度公布。",)),
        Section("三、主动公开情况", (
            f"制发规范性文件 {n['documents_issued']} 个，其中主动公开 {n['documents_disclosed']} 个。",
            f"发微博 {n['weibo']} 条，答复网友留言 {n['weibo_replies']} 条。",
            f"网站专栏登载信息 {n['website']} 条。",
            f"参与回应社会关注的话题 {n['responses']} 条。",
        )),
        Section("四、依申请公开情况", (f"收到政府信息公开申请 {n['requests']} 件。",)),
        Section("五、复议、诉讼和举报情况", ("这一年没有发生。",)),
        Section("六、建议和提案办理公开情况", (
            f"配合办理人大建议 {n['people_congress_suggestions']} 件。",
            f"自治区政协提案主办 {n['region_proposals']} 件。",
            f"市政协提案主办 {n['city_proposals']} 件、协办 {n['assisted_proposals']} 件。",
        )),
        Section("七、问题和打算", ("有些工作还不够细。下一年先把目录补齐，再把时限管住。",)),
    )  # fmt: skip
