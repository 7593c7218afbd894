// What can be done to a strategy's document while it is drawn: pure functions, without a browser.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

const web = new URL("../../web/", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "puntual-model-"));
let m, rules, places;

before(async () => {
  const { build } = await import(pathToFileURL(createRequire(join(web, "package.json")).resolve("vite")));
  await build({ root: web, configFile: false, logLevel: "error", ssr: { noExternal: true },
    build: { ssr: true, outDir: folder, emptyOutDir: true, rollupOptions: { input: {
      model: join(web, "src/designer/model.ts"), rules: join(web, "src/designer/rules.ts"),
      places: join(web, "src/designer/places.ts") }, output: { entryFileNames: "[name].mjs" } } } });
  [m, rules, places] = await Promise.all(["model", "rules", "places"]
    .map((name) => import(pathToFileURL(join(folder, `${name}.mjs`)))));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const kind = (type, exits, params = []) => [type, { type, exits, sends: type.startsWith("send"), params,
  label: { es: type, en: type, pt: type }, help: { es: "", en: "", pt: "" } }];
const KINDS = new Map([
  kind("wait.days", ["next"]), kind("send.email", ["next", "error"]), kind("end", []), kind("phase", ["next"]),
  kind("branch.message", ["read", "unread", "error"], [{ name: "message", form: "node" }]),
  kind("branch.rule", ["else"], [{ name: "rules", form: "rules" }]),
  kind("split", [], [{ name: "arms", form: "arms" }, { name: "holdout", form: "holdout" }]),
]);
const doc = (nodes, rest = {}) => ({ puntual: 1, name: "n", subject: "account",
  start: Object.keys(nodes)[0] ?? "", nodes, ...rest });
const line = () => doc({
  a: { type: "wait.days", days: 1, next: "b" },
  b: { type: "send.email", template: "x", next: "c", error: "c" },
  c: { type: "branch.message", message: "b", read: "d", unread: "d", error: "d" },
  d: { type: "end" },
}, { on_paid: "d" });

test("every way out is a slot: rules, arms and the holdout before the exits of the kind", () => {
  const split = { type: "split", arms: [{ name: "x", percent: 50, next: "e" }, { name: "y", percent: 50 }],
    holdout: { percent: 10, next: "e" } };
  assert.deepEqual(m.slotsOf(split, KINDS.get("split")).map(({ key, name, to }) => [key, name, to]),
    [["arms.0", "x", "e"], ["arms.1", "y", undefined], ["holdout", "holdout", "e"]]);
  const turned = m.withSlot(m.withSlot(split, "arms.1", "f"), "holdout", undefined);
  assert.equal(turned.arms[1].next, "f");
  assert.deepEqual(turned.holdout, { percent: 10 });
  assert.equal(split.arms[1].next, undefined, "the one before is as it was");
});

test("the first node is the start; one put onto an edge stands between", () => {
  const one = m.addNode(m.empty("n"), KINDS, "send.email");
  assert.equal(one.doc.start, one.id);
  const before = line();
  const { doc: next, id } = m.addNode(before, KINDS, "send.email", { from: "b", keys: ["exit next", "exit error"] });
  assert.equal(next.nodes.b.next, id);
  assert.equal(next.nodes.b.error, id);
  assert.deepEqual([next.nodes[id].next, next.nodes[id].error], ["c", "c"]);
  assert.equal(before.nodes.b.next, "c");
});

test("added after an end it stands alone; after an open exit it takes that one", () => {
  const { doc: alone, id } = m.addAfter(line(), KINDS, "wait.days", "d");
  assert.ok(alone.nodes[id] && !m.textOf(alone).includes(`"next": "${id}"`));
  const open = doc({ a: { type: "send.email", next: "z" }, z: { type: "end" } });
  const made = m.addAfter(open, KINDS, "end", "a");
  assert.deepEqual([made.doc.nodes.a.next, made.doc.nodes.a.error], ["z", made.id]);
});

test("deleting heals: exits, start and turns lead on; what is said of a node is forgotten", () => {
  const next = m.removeNodes(line(), KINDS, ["b"]);
  assert.equal(next.nodes.a.next, "c");
  assert.equal(next.nodes.c.message, undefined);
  assert.equal(m.removeNodes(line(), KINDS, ["a"]).start, "b");
  const all = m.removeNodes(line(), KINDS, ["b", "c"]);
  assert.equal(all.nodes.a.next, "d");
  const end = m.removeNodes(line(), KINDS, ["d"]);
  assert.equal("on_paid" in end, false);
  assert.equal("read" in end.nodes.c, false);
  assert.deepEqual(m.removeNodes(line(), KINDS, ["a", "b", "c", "d"]).nodes, {});
  const loop = doc({ a: { type: "wait.days", next: "b" }, b: { type: "wait.days", next: "a" } });
  assert.equal("next" in m.removeNodes(loop, KINDS, ["b"]).nodes.a, false, "no node leads to itself");
});

test("another name is used wherever the old one was; a taken or bad one changes nothing", () => {
  const next = m.rename(line(), KINDS, "b", "recordar");
  assert.equal(next.nodes.a.next, "recordar");
  assert.equal(next.nodes.c.message, "recordar");
  assert.deepEqual(Object.keys(next.nodes), ["a", "recordar", "c", "d"]);
  const before = line();
  assert.equal(m.rename(before, KINDS, "b", "c"), before);
  assert.equal(m.rename(before, KINDS, "b", "Ñ"), before);
});

test("up and down change places with the neighbour, and back again is where it was", () => {
  const up = m.moveUp(line(), KINDS, "b");
  assert.equal(up.start, "b");
  assert.deepEqual([up.nodes.b.next, up.nodes.b.error, up.nodes.a.next], ["a", "a", "c"]);
  assert.deepEqual(m.moveDown(up, KINDS, "b").nodes, line().nodes);
  assert.deepEqual(m.moveUp(line(), KINDS, "a"), line(), "nothing is above the start");
});

test("what is copied is pasted under new names, and leads among itself only", () => {
  const clip = m.clipOf(JSON.stringify(m.copy(line(), ["b", "c"])));
  const { doc: next, ids } = m.paste(line(), KINDS, clip);
  assert.deepEqual(ids, ["b_2", "c_2"]);
  assert.equal(next.nodes.b_2.next, "c_2");
  assert.equal("read" in next.nodes.c_2, false);
  assert.equal(m.clipOf("{}"), null);
  assert.equal(m.clipOf("no JSON"), null);
});

test("undo and redo; typing into one field is one step; no more steps than are kept", () => {
  let h = m.history(line());
  for (const days of [2, 21, 210]) h = m.changed(h, m.setParam(h.now, "a", "days", days), "a days");
  h = m.changed(h, m.setParam(h.now, "b", "tone", 2), "b tone");
  assert.equal(h.past.length, 2);
  h = m.undo(m.undo(h));
  assert.deepEqual(h.now, line());
  assert.equal(m.undo(h), h);
  h = m.redo(h);
  assert.equal(h.now.nodes.a.days, 210);
  h = m.changed(h, m.setParam(h.now, "a", "days", 3));
  assert.equal(m.redo(h), h, "a new change forgets what was undone");
  for (let i = 0; i < 300; i++) h = m.changed(h, m.setParam(h.now, "a", "days", i));
  assert.equal(h.past.length, m.STEPS_KEPT);
});

test("text and document are the same both ways; what is none is refused", () => {
  assert.deepEqual(m.docOf(m.textOf(line())), line());
  assert.match(m.textOf(line()), /^\{\n  "name"/);
  for (const text of ["", "[]", "null", '{"nodes":[]}', '{"nodes":{"a":{}}}', '{"nodes":{"a":null}}']) {
    assert.equal(m.docOf(text), null, text);
  }
});

test("rules go through the builder unchanged", () => {
  for (const rule of [
    ["account.overdue", ">=", 1500],
    { all: [["a", "=", 1], { any: [["b", "missing"], ["c", "in", ["x"]]] }] },
    { not: ["a", "=", 1] }, { not: { any: [["a", "=", 1], ["b", "=", 2]] } }, { any: [["a", "=", 1]] },
    { not: { all: [["a", "=", 1], ["b", "=", 2]] } },
  ]) assert.deepEqual(rules.ruleOf(rules.groupOf(rule)), rule);
  assert.deepEqual(rules.withOperator(["a", "=", 3], "between", "int"), ["a", "between", [3, 3]]);
  assert.deepEqual(rules.withOperator(["a", "between", [3, 5]], "<", "int"), ["a", "<", 3]);
  assert.deepEqual(rules.withOperator(["a", "=", 3], "missing", "int"), ["a", "missing"]);
  const typed = ["1.500", "1.500,25", "12,5", "12.5", "-3", "x"];
  assert.deepEqual(typed.map((text) => rules.valueOf(text, "money", true)), [1500, 1500.25, 12.5, 12.5, -3, "x"]);
  for (const number of [1500, 12.5, 1.125, -0.5]) {
    for (const comma of [true, false]) assert.equal(rules.numberIn(rules.typedNumber(number, comma), comma), number);
  }
  assert.deepEqual(["1,500", "1.500"].map((text) => rules.valueOf(text, "money", false)), [1500, 1.5]);
});

test("what is too close together is arranged anew; a branch stands left of the one after it", () => {
  const tight = line();
  tight.layout = { a: [0, 0], b: [220, 0], c: [440, 0], d: [660, 0] };
  assert.equal(places.opened(tight).layout, undefined);
  const fork = doc({ s: { type: "branch.message", read: "x", unread: "y", error: "z" }, x: { type: "end" },
    y: { type: "end" }, z: { type: "end" } });
  const at = places.standing(fork, places.allSlots(fork, KINDS)).places;
  assert.ok(at.get("x").x < at.get("y").x && at.get("y").x < at.get("z").x && at.get("s").y < at.get("x").y);
});

test("an edge past other nodes bends around them; where somebody put them, it is straight", () => {
  const long = doc({ a: { type: "send.email", next: "b", error: "d" }, b: { type: "wait.days", next: "c" },
    c: { type: "wait.days", next: "d" }, d: { type: "end" } });
  const slots = places.allSlots(long, KINDS);
  const { places: at, bends } = places.standing(long, slots);
  assert.deepEqual([...bends.keys()], ["a d"]);
  for (const { x, y } of bends.get("a d")) {
    for (const [id, box] of at) {
      assert.ok(x < box.x || x > box.x + places.WIDTH || y < box.y || y > box.y + places.HEIGHT, `through ${id}`);
    }
  }
  assert.equal(places.standing(places.fixed(long, at), slots).bends.size, 0);
});

test("an edge that leads back goes up beside all boxes between, arranged or put, and beside other ones", () => {
  const round = doc({ a: { type: "wait.days", next: "b" }, b: { type: "branch.message", read: "c", unread: "d", error: "a" },
    c: { type: "send.email", next: "d", error: "b" }, d: { type: "wait.days", next: "a" } });
  const slots = places.allSlots(round, KINDS);
  const arranged = places.standing(round, slots);
  for (const { places: at, bends } of [arranged, places.standing(places.fixed(round, arranged.places), slots)]) {
    const back = ["b a", "c b", "d a"].map((key) => bends.get(key));
    assert.equal(new Set(back.map(([foot]) => foot.x)).size, 3, "three ways, three places");
    for (const [foot, head] of back) {
      assert.ok(head.x === foot.x && head.y < foot.y);
      for (const [id, box] of at) {
        assert.ok(foot.x < box.x || foot.x > box.x + places.WIDTH || box.y > foot.y || box.y + places.HEIGHT < head.y, `through ${id}`);
      }
    }
  }
});

test("a node without a place stands below what leads to it, on nobody's", () => {
  const put = line();
  put.layout = { a: [0, 0], b: [0, 144], d: [0, 288] };
  const at = places.standing(put, places.allSlots(put, KINDS)).places;
  assert.deepEqual([at.get("c").y, at.get("d").y], [288, 432]);
});

test("a phase reaches as far as the next one, and its lane stands behind its nodes", () => {
  const two = doc({ p: { type: "phase", phase: "early", next: "a" }, a: { type: "wait.days", next: "q" },
    q: { type: "phase", phase: "late", next: "e" }, e: { type: "end" } });
  const slots = places.allSlots(two, KINDS);
  assert.deepEqual([...places.phasesOf(two, slots)], [["p", "early"], ["a", "early"], ["q", "late"], ["e", "late"]]);
  const lanes = places.lanesOf(two, slots, places.standing(two, slots).places);
  assert.deepEqual(lanes.map(({ phase }) => phase), ["early", "late"]);
  assert.ok(lanes[0].y + lanes[0].height <= lanes[1].y);
  assert.deepEqual(places.way(slots, "p", "e"), ["p", "a", "q", "e"]);
});
