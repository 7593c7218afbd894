// A mail server that keeps what it is given: what debtors are written is read here as they would.
// It has a thread of its own, for the program is waited for while it sends.
import { createServer } from "node:net";
import { Worker, isMainThread, parentPort } from "node:worker_threads";

function decoded(mail) {
  const gap = mail.indexOf("\r\n\r\n");
  const head = mail.slice(0, gap).replace(/\r\n[ \t]/g, " ");
  let body = mail.slice(gap + 4);
  const encoding = /^Content-Transfer-Encoding: *(\S+)/im.exec(head)?.[1]?.toLowerCase();
  if (encoding === "quoted-printable") {
    body = Buffer.from(body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g,
      (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1").toString("utf8");
  } else if (encoding === "base64") {
    body = Buffer.from(body, "base64").toString("utf8");
  } else {
    body = Buffer.from(body, "latin1").toString("utf8");
  }
  return { to: /^To: .*?<?([^\s<>]+@[^\s<>]+?)>?$/im.exec(head)?.[1], head, body };
}

function speak(socket) {
  let text = "", data = false, envelope;
  const say = (line) => socket.write(`${line}\r\n`);
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    for (;;) {
      const end = data ? text.indexOf("\r\n.\r\n") : text.indexOf("\r\n");
      if (end < 0) return;
      const part = text.slice(0, end);
      text = text.slice(end + (data ? 5 : 2));
      if (data) {
        parentPort.postMessage({ mail: { ...decoded(part.replace(/\r\n\.\./g, "\r\n.")), envelope } });
        data = false;
        say("250 2.0.0 taken");
        continue;
      }
      const verb = part.slice(0, 4).toUpperCase();
      data = verb === "DATA";
      if (verb === "RCPT") envelope = /<(.*?)>/.exec(part)?.[1]; // who really gets it
      say(verb === "EHLO" ? "250-sink\r\n250 8BITMIME" : data ? "354 go on"
        : verb === "QUIT" ? "221 bye" : "250 2.0.0 fine");
      if (verb === "QUIT") socket.end();
    }
  });
  say("220 sink ESMTP");
}

if (!isMainThread) {
  const server = createServer(speak);
  server.listen(0, "127.0.0.1", () => parentPort.postMessage({ port: server.address().port }));
}

export class MailServer {
  mails = [];

  start() {
    this.worker = new Worker(new URL(import.meta.url));
    return new Promise((resolve, reject) => {
      this.worker.on("error", reject);
      this.worker.on("message", ({ port, mail }) => {
        if (mail) this.mails.push(mail);
        else { this.port = port; resolve(this); }
      });
    });
  }

  // The newest mail to that address, which says that; waits for it.
  async to(address, words = /./) {
    for (let i = 0; i < 300; i++) {
      const found = this.mails.findLast((mail) => mail.to === address && words.test(mail.body));
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no mail to ${address} says ${words}`);
  }

  async stop() {
    await this.worker?.terminate();
  }
}
