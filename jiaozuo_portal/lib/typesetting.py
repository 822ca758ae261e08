"""Papers as PDF with an embedded Chinese font."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

#: The folder of the embedded Chinese font.
FONTS = Path(str(pylopdf_fonts_zh_cn.sans_path())).parent


def typeset(paper: Path, data: Mapping[str, Any]) -> bytes:
    """The Typst file `paper` as PDF, filled with `data` (plain JSON); its text can be extracted.

    SECURITY: names and answers come from people. They go to the typesetter as JSON in an input,
    which it shows and never evaluates; only the paper's own folder can be read from it.
    """
    return typst.compile(
        str(paper),
        root=str(paper.parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(dict(data), ensure_ascii=False)},
    )
