"""The one way in which a file or a text is refused here, in words that can be shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

#: What is wrong and what to do, by code; the values are whole numbers.
_MESSAGES: dict[str, Any] = {
    "empty": _("文件是空的，请重新选择。"),
    "too_large": _("文件超过 %(most)s MB，请删去图片，或分成几个文件再上传。"),
    "kind": _("只能读取 .docx、.txt 和带文字的 PDF 文件，请另存为其中一种再上传。"),
    "old_office": _("这是旧版 Office 文件或设了密码的文件，请去掉密码，另存为 .docx 再上传。"),
    "macro": _("文件里有宏，请另存为不含宏的 .docx 再上传。"),
    "encrypted": _("文件设了密码，请去掉密码后再上传。"),
    "damaged": _("文件已损坏或没有传完，打不开，请重新保存后再上传。"),
    "unpacks_too_large": _("文件解压后超过 %(most)s MB，请删去图片后再上传。"),
    "too_many_parts": _("文件里的部件超过 %(most)s 个，请把文字复制到新文件再上传。"),
    "unsafe": _("文件的内部格式不规范，无法安全读取，请用 Word 或 WPS 打开并另存后再上传。"),
    "encoding": _("文字的编码认不出来，请另存为 UTF-8 编码的 .txt 再上传。"),
    "scan": _("PDF 里只有图像，没有文字。请上传带文字的文件，或先做文字识别。"),
    "no_text": _("文件里没有文字。"),
    "too_many_pages": _("PDF 有 %(pages)s 页，最多 %(most)s 页，请拆分后再上传。"),
    "too_complex": _("PDF 的页面过于复杂，读不完。请改传 .docx 或 .txt 文件。"),
    "too_long": _("文字超过 %(most)s 个字，请拆分后再上传。"),
}


class Unreadable(ValueError):
    """A file or a text that is not taken.

    `code` names the reason for code and tests, `values` are its numbers; as text it says in the
    reader's language what is wrong and what to do.
    """

    def __init__(self, code: str, **values: int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        return str(_MESSAGES[self.code]) % self.values
