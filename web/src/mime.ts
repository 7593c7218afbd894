// The readable part of a message as it was sent. Our own writer made it (docs/decisions/
// mail-headers.md): what it never writes is not looked for.
interface Part { fields: Map<string, string>; body: string }

function split(text: string): Part {
  const end = text.search(/\r?\n\r?\n/);
  const head = (end < 0 ? text : text.slice(0, end)).replace(/\r?\n[ \t]+/g, " ");
  const fields = new Map(head.split(/\r?\n/).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  }));
  return { fields, body: end < 0 ? "" : text.slice(end).replace(/^(\r?\n){2}/, "") };
}

function decode({ fields, body }: Part): string {
  let bytes = body;
  switch (fields.get("content-transfer-encoding")?.toLowerCase()) {
    case "base64":
      bytes = atob(body.replace(/\s/g, ""));
      break;
    case "quoted-printable":
      bytes = body.replace(/=\r?\n/g, "")
        .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
      break;
    default:
      return body;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}

function find(part: Part, type: string): string | null {
  const kind = part.fields.get("content-type") ?? "text/plain";
  const boundary = /boundary="?([^";]+)"?/i.exec(kind)?.[1];
  if (kind.toLowerCase().startsWith("multipart/") && boundary) {
    for (const piece of part.body.split(`--${boundary}`).slice(1)) {
      const found = find(split(piece.replace(/^\r?\n/, "")), type);
      if (found !== null) return found;
    }
    return null;
  }
  return kind.toLowerCase().startsWith(type) ? decode(part) : null;
}

export function hasPage(message: string): boolean {
  return find(split(message), "text/html") !== null;
}

export function plainText(message: string): string {
  return find(split(message), "text/plain") ?? "";
}
