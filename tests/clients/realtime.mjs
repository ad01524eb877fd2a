// What an app in JavaScript hears through Supabase's client, unchanged.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { createClient } from "@supabase/supabase-js";
import ws from "ws"; // Node has a WebSocket of its own from version 22 on

const { SUPABASE_URL, SUPABASE_ANON_KEY, SUPABASE_SERVICE_ROLE_KEY } = process.env;
const PASSWORD = "a long enough one";
const TABLE = { schema: "public", table: "daily_engagement_scores" };
const clients = [];

const client = (key = SUPABASE_ANON_KEY, realtime = {}) => {
  const made = createClient(SUPABASE_URL, key, {
    auth: { autoRefreshToken: false, persistSession: false },
    realtime: { transport: ws, ...realtime },
  });
  clients.push(made);
  return made;
};

after(() => Promise.all(clients.map((one) => one.removeAllChannels().then(() => one.realtime.disconnect()))));

async function member() {
  const app = client();
  const { data, error } = await app.auth.signUp({ email: `${randomUUID()}@example.org`, password: PASSWORD });
  assert.equal(error, null);
  await app.realtime.setAuth(data.session.access_token);
  return { app, id: data.user.id, token: data.session.access_token };
}

function joined(channel) {
  return new Promise((resolve, reject) =>
    channel.subscribe((status, error) =>
      status === "SUBSCRIBED" ? resolve(channel) : reject(error ?? new Error(status)),
    ),
  );
}

const first = (subscribe) => new Promise((resolve) => subscribe(resolve));

async function act(token, type = "journal_entry") {
  const answer = await fetch(`${SUPABASE_URL}/v1/events`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ id: randomUUID(), event_type: type }),
  });
  assert.equal(answer.status, 200);
}

// An event is scored right after its answer, or by the next read if that comes first.
async function scored(token) {
  const answer = await fetch(`${SUPABASE_URL}/v1/momentum`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
}

test("a member hears of the own score, and of nobody else's", async () => {
  const mia = await member();
  const noah = await member();
  const heardByNoah = [];
  const other = noah.app.channel("scores").on("postgres_changes", { event: "*", ...TABLE }, (change) => heardByNoah.push(change));
  await joined(other);
  const channel = mia.app.channel("scores");
  const heard = first((resolve) =>
    channel.on("postgres_changes", { event: "*", ...TABLE, filter: `user_id=eq.${mia.id}` }, resolve),
  );
  await joined(channel);
  await act(mia.token);
  const change = await heard;
  assert.equal(change.eventType, "INSERT");
  assert.equal(change.new.final_score, 10);
  assert.equal(change.new.user_id, mia.id);
  assert.equal(change.errors, null);
  await act(noah.token);
  while (heardByNoah.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([...new Set(heardByNoah.map((one) => one.new.user_id))], [noah.id]);
});

test("an update has the new row and the old key", async () => {
  const { app, id, token } = await member();
  await act(token);
  await scored(token);
  const channel = app.channel("updates");
  const heard = first((resolve) => channel.on("postgres_changes", { event: "UPDATE", ...TABLE }, resolve));
  await joined(channel);
  await act(token, "lesson_completion");
  const change = await heard;
  assert.equal(change.new.final_score, 25);
  assert.equal(change.old.user_id, id);
});

test("two devices of a member talk, with and without asking for an answer", async () => {
  const { app, token } = await member();
  const tablet = client();
  await tablet.realtime.setAuth(token);
  const there = tablet.channel("coach_stream");
  const heard = first((resolve) => there.on("broadcast", { event: "typing" }, resolve));
  await joined(there);
  const here = await joined(app.channel("coach_stream", { config: { broadcast: { ack: true } } }));
  assert.equal(await here.send({ type: "broadcast", event: "typing", payload: { n: 1 } }), "ok");
  assert.deepEqual((await heard).payload, { n: 1 });
});

test("the service broadcasts by request to whoever joined", async () => {
  const { app } = await member();
  const channel = app.channel("news");
  const heard = first((resolve) => channel.on("broadcast", { event: "hello" }, resolve));
  await joined(channel);
  const service = client(SUPABASE_SERVICE_ROLE_KEY);
  const sent = await service.channel("news").httpSend("hello", { a: 1 });
  assert.deepEqual(sent, { success: true });
  assert.deepEqual((await heard).payload, { a: 1 });
});

test("a channel that names another member is an error", async () => {
  const { app } = await member();
  await assert.rejects(joined(app.channel(`wearable_live_${randomUUID()}`)), /permissions/);
});

test("who wants presence joins, and is told that there is none", async () => {
  const { app } = await member();
  const channel = app.channel("room").on("presence", { event: "sync" }, () => {});
  const told = first((resolve) => channel.on("system", {}, resolve));
  await joined(channel);
  const { extension, status } = await told;
  assert.deepEqual([extension, status], ["presence", "error"]);
  assert.equal(await channel.track({ here: true }), "error");
});

test("version 1.0.0 is spoken as well", async () => {
  const { id, token } = await member();
  const app = client(SUPABASE_ANON_KEY, { vsn: "1.0.0" });
  await app.realtime.setAuth(token);
  const channel = app.channel("old");
  const heard = first((resolve) => channel.on("postgres_changes", { event: "INSERT", ...TABLE }, resolve));
  await joined(channel);
  await act(token);
  assert.equal((await heard).new.user_id, id);
});
