// Real programs for the browser's tests to talk to (tests/peers), a DNS server and an HTTP one of
// the tests' own.
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scripts = new URL("../peers", import.meta.url).pathname;

/** A private Dovecot or Postfix; `without`: why there is none. */
export class Peer {
  constructor(name) {
    this.script = join(scripts, `${name}.sh`);
    this.home = mkdtempSync(join(tmpdir(), `puntual-e2e-${name}-`));
    chmodSync(this.home, 0o755); // they are users of their own
    this.dir = join(this.home, "peer");
  }

  start(ports, env = {}) {
    const done = spawnSync(this.script, ["start", this.dir, ...ports.map(String)],
      { encoding: "utf8", env: { ...process.env, ...env } });
    this.without = done.status === 77 ? done.stderr.trim() : undefined;
    if (done.status !== 0 && done.status !== 77) throw new Error(done.stderr);
    return this;
  }

  /** What lies in a maildir below, each mail as it is. */
  mails(folder) {
    const where = join(this.dir, folder, "new");
    return existsSync(where) ? readdirSync(where).map((name) => readFileSync(join(where, name), "utf8")) : [];
  }

  stop() {
    if (existsSync(this.dir)) spawnSync(this.script, ["stop", this.dir]);
    rmSync(this.home, { recursive: true, force: true });
  }
}

// ── DNS: texts of names (RFC 1035), of which all others are said not to be there ──

function answerTo(query, texts) {
  let end = 12, name = "";
  for (; query[end] !== 0; end += query[end] + 1) name += `${query.toString("latin1", end + 1, end + 1 + query[end])}.`;
  end += 5;
  const found = texts.get(name.slice(0, -1).toLowerCase());
  const head = Buffer.from(query.subarray(0, end));
  head.writeUInt16BE(found || texts.has(name) ? 0x8580 : 0x8583, 2);
  head.writeUInt16BE(found && query.readUInt16BE(end - 4) === 16 ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  if (head.readUInt16BE(6) === 0) return head;
  const parts = (found.match(/.{1,255}/g) ?? []).flatMap((part) => [Buffer.from([part.length]), Buffer.from(part, "latin1")]);
  const data = Buffer.concat(parts), record = Buffer.alloc(12);
  record.writeUInt16BE(0xC00C, 0);
  record.writeUInt16BE(16, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(60, 6);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, record, data]);
}

/** A resolver on an address of this machine's own, and how a program is started that asks it alone. */
export class Resolver {
  texts = new Map();
  address = `127.${53 + Math.floor(Math.random() * 100)}.${1 + Math.floor(Math.random() * 250)}.${1 + Math.floor(Math.random() * 250)}`;

  static without() {
    if (process.getuid?.() !== 0) return "only root starts a program with another resolver";
    return spawnSync("unshare", ["-m", "true"]).status === 0 ? undefined : "no mounts of one's own here";
  }

  listen() {
    this.socket = createSocket("udp4");
    this.socket.on("message", (query, from) => {
      this.socket.send(answerTo(query, this.texts), from.port, from.address);
    });
    return new Promise((resolve, reject) => {
      this.socket.on("error", reject);
      this.socket.bind(53, this.address, () => resolve(this));
    });
  }

  within(folder) {
    const file = join(folder, "resolv.conf");
    writeFileSync(file, `nameserver ${this.address}\noptions attempts:1 timeout:2\n`);
    return ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"', file];
  }

  close() {
    return new Promise((resolve) => { this.socket ? this.socket.close(resolve) : resolve(); });
  }
}

// ── HTTP ──

/** Keeps what it is asked; `answer(request)` gives [status, body]. */
export class HttpPeer {
  asked = [];

  constructor(answer) {
    this.server = createServer((request, response) => {
      let body = "";
      request.on("data", (data) => { body += data; });
      request.on("end", () => {
        const one = { method: request.method, path: request.url, headers: request.headers, body };
        this.asked.push(one);
        const [status, said] = answer(one);
        response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(said));
      });
    });
  }

  start() {
    return new Promise((resolve) => {
      this.server.listen(0, "127.0.0.1", () => {
        this.port = this.server.address().port;
        this.url = `http://127.0.0.1:${this.port}`;
        resolve(this);
      });
    });
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => { this.server.close(resolve); });
  }
}
