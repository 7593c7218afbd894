"""What was sent, unpacked: Zstandard frames against a dictionary (src/store/content.h), by the
system's own library, so that no version of Python needs a module for it."""
import ctypes
import sqlite3

_zstd = ctypes.CDLL("libzstd.so.1")
_zstd.ZSTD_createDCtx.restype = ctypes.c_void_p
_zstd.ZSTD_decompress_usingDict.restype = ctypes.c_size_t
_zstd.ZSTD_decompress_usingDict.argtypes = [
    ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t,
    ctypes.c_char_p, ctypes.c_size_t]
_context = _zstd.ZSTD_createDCtx()

# In a query over JOIN: the message as sent.
CONTENT = "unpack(b.content, b.size, k.content) AS content"
JOIN = ("LEFT JOIN carrier_content b ON b.carrier_id = c.id"
        " LEFT JOIN dictionary k ON k.id = b.dictionary_id")


def unpack(frame: bytes | None, size: int, dictionary: bytes | None) -> bytes | None:
    if frame is None:
        return None
    room = ctypes.create_string_buffer(size or 1)
    words = dictionary or b""
    got = _zstd.ZSTD_decompress_usingDict(_context, room, size, frame, len(frame), words,
                                          len(words))
    if got != size:
        raise ValueError(f"a content of {size} bytes cannot be unpacked")
    return room.raw[:size]


def teach(db: sqlite3.Connection) -> sqlite3.Connection:
    """Makes `unpack` known to a connection."""
    db.create_function("unpack", 3, unpack, deterministic=True)
    return db
