// A screenshot with at most 256 colours: an interface has few, and its picture then takes a third of
// the room. Reads what Chromium writes: 8 bits, RGB or RGBA, not interlaced.
import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const CRC = Int32Array.from({ length: 256 }, (_, n) => {
  for (let i = 0; i < 8; i++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crcOf(bytes) {
  let crc = -1;
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, "latin1");
  data.copy(out, 8);
  out.writeUInt32BE(crcOf(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

function pixels(png) {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error("this is no PNG");
  let width = 0, height = 0, channels = 0;
  const parts = [];
  for (let at = 8; at < png.length;) {
    const size = png.readUInt32BE(at), type = png.toString("latin1", at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + size);
    if (type === "IHDR") {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      channels = { 2: 3, 6: 4 }[data[9]];
      if (data[8] !== 8 || !channels || data[12] !== 0) throw new Error("a PNG of another kind");
    } else if (type === "IDAT") {
      parts.push(data);
    }
    at += 12 + size;
  }
  const raw = inflateSync(Buffer.concat(parts)), line = width * channels;
  const out = Buffer.alloc(line * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)];
    for (let x = 0; x < line; x++) {
      const a = x >= channels ? out[y * line + x - channels] : 0, b = y > 0 ? out[(y - 1) * line + x] : 0;
      const c = x >= channels && y > 0 ? out[(y - 1) * line + x - channels] : 0;
      const p = a + b - c, [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
      const guess = [0, a, b, (a + b) >> 1, pa <= pb && pa <= pc ? a : pb <= pc ? b : c][filter];
      out[y * line + x] = raw[y * (line + 1) + 1 + x] + guess;
    }
  }
  return { width, height, channels, data: out };
}

/** The most frequent colours as they are, and what is left of the room for those unlike all of them:
 * the edges of letters and pictures. */
function paletteOf(counts) {
  const colours = counts.map(([colour]) => [colour >> 16, (colour >> 8) & 255, colour & 255]);
  const palette = colours.slice(0, colours.length <= 256 ? 256 : 128);
  for (const [r, g, b] of colours.slice(palette.length)) {
    if (palette.length === 256) break;
    if (!palette.some(([x, y, z]) => Math.abs(x - r) + Math.abs(y - g) + Math.abs(z - b) < 24)) palette.push([r, g, b]);
  }
  return palette;
}

export function reduced(png) {
  const { width, height, channels, data } = pixels(png);
  const seen = new Map();
  for (let i = 0; i < data.length; i += channels) {
    const colour = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
    seen.set(colour, (seen.get(colour) ?? 0) + 1);
  }
  const palette = paletteOf([...seen].sort((a, b) => b[1] - a[1]));
  const index = new Map([...seen.keys()].map((colour) => {
    const [r, g, b] = [colour >> 16, (colour >> 8) & 255, colour & 255];
    let best = 0, least = Infinity;
    palette.forEach(([x, y, z], i) => {
      const far = (x - r) ** 2 + (y - g) ** 2 + (z - b) ** 2;
      if (far < least) [best, least] = [i, far];
    });
    return [colour, best];
  }));
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * channels;
      lines[y * (width + 1) + 1 + x] = index.get((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([SIGNATURE, chunk("IHDR", head), chunk("PLTE", Buffer.from(palette.flat())),
    chunk("IDAT", deflateSync(lines, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}
