"""What was sent, unpacked: Zstandard frames against a dictionary (src/store/content.h), by the
system's own library, so that no version of Python needs a module for it."""
import ctypes

_zstd = ctypes.CDLL("libzstd.so.1")
_zstd.ZSTD_createDCtx.restype = ctypes.c_void_p
_zstd.ZSTD_decompress_usingDict.restype = ctypes.c_size_t
_zstd.ZSTD_decompress_usingDict.argtypes = [
    ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t,
    ctypes.c_char_p, ctypes.c_size_t]
_context = _zstd.ZSTD_createDCtx()

# In a query over JOIN: what `with_content` makes the message as sent of.
PACKED = "b.content AS packed, b.size AS packed_size, k.content AS packed_words"
JOIN = ("LEFT JOIN carrier_content b ON b.carrier_id = c.id"
        " LEFT JOIN dictionary k ON k.id = b.dictionary_id")


def unpacked(frame: bytes | None, size: int, words: bytes) -> bytes | None:
    if frame is None:
        return None
    room = ctypes.create_string_buffer(size or 1)
    got = _zstd.ZSTD_decompress_usingDict(_context, room, size, frame, len(frame), words,
                                          len(words))
    if got != size:
        raise ValueError(f"a content of {size} bytes cannot be unpacked")
    return room.raw[:size]


def with_content(row) -> dict:
    """A row's columns, and `content`: the message as sent, None where nothing was."""
    columns = dict(row)
    columns["content"] = unpacked(columns.pop("packed"), columns.pop("packed_size"),
                                  columns.pop("packed_words") or b"")
    return columns
