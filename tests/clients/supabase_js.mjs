// What an app in JavaScript does with Supabase's client, unchanged; run by `node --test`.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'

import { createClient } from '@supabase/supabase-js'
import ws from 'ws'

const { SUPABASE_URL, SUPABASE_ANON_KEY, SUPABASE_SERVICE_ROLE_KEY, BEE_EMAIL, BEE_PASSWORD } = process.env
const PASSWORD = 'a long enough one'
// Node has sockets of its own from version 22 on; the client wants some even where none is opened.
const OPTIONS = { auth: { persistSession: false, autoRefreshToken: false }, realtime: { transport: ws } }

const client = (key = SUPABASE_ANON_KEY) => createClient(SUPABASE_URL, key, OPTIONS)
const address = () => `${randomUUID()}@example.org`

/** A client of somebody who has just signed up. */
async function member() {
  const app = client()
  const { data, error } = await app.auth.signUp({ email: address(), password: PASSWORD })
  assert.equal(error, null)
  return { app, id: data.user.id, email: data.user.email, session: data.session }
}

/** A client of the member who has scores. */
async function scored() {
  const app = client()
  const { error } = await app.auth.signInWithPassword({ email: BEE_EMAIL, password: BEE_PASSWORD })
  assert.equal(error, null)
  return app
}

const event = (id, kind, more = {}) => ({ id: randomUUID(), user_id: id, event_type: kind, ...more })

/** What a request gave, which has to have gone well. */
async function good(request) {
  const answer = await request
  assert.equal(answer.error, null, JSON.stringify(answer.error))
  return answer
}

/** The error of a request, which has the form that apps rely on. */
async function refused(request) {
  const { data, error } = await request
  assert.equal(data, null)
  assert.deepEqual(
    ['code', 'details', 'hint', 'message'].filter((key) => !(key in error)),
    [],
  )
  assert.equal(typeof error.code, 'string')
  return error
}

test('who signs up has a session and a user', async () => {
  const app = client()
  const email = address()
  const { data } = await good(app.auth.signUp({ email, password: PASSWORD, options: { data: { name: 'Mia' } } }))
  assert.equal(data.user.email, email)
  assert.equal(data.user.user_metadata.name, 'Mia')
  assert.ok(data.session.access_token)
  const { data: got } = await good(app.auth.getUser())
  assert.equal(got.user.id, data.user.id)
})

test('an address signs up once', async () => {
  const { email } = await member()
  const { error } = await client().auth.signUp({ email, password: PASSWORD })
  assert.equal(error.code, 'user_already_exists')
  assert.equal(error.message, 'User already registered')
  assert.equal(error.status, 422)
})

test('a weak password says why', async () => {
  const { error } = await client().auth.signUp({ email: address(), password: 'short' })
  assert.equal(error.name, 'AuthWeakPasswordError')
  assert.deepEqual(error.reasons, ['length'])
})

test('a wrong password and an unknown address are told alike', async () => {
  const { email } = await member()
  for (const each of [email, address()]) {
    const { error } = await client().auth.signInWithPassword({ email: each, password: 'wrong, surely' })
    assert.deepEqual([error.code, error.message, error.status], ['invalid_credentials', 'Invalid login credentials', 400])
  }
})

test('a session is refreshed with another token, and the one before it still gives the session', async () => {
  const { app, session } = await member()
  const { data } = await good(app.auth.refreshSession())
  assert.notEqual(data.session.refresh_token, session.refresh_token)
  await good(client().auth.refreshSession({ refresh_token: session.refresh_token }))
})

test('parallel refreshes of one token agree', async () => {
  const { session } = await member()
  const answers = await Promise.all(
    [1, 2, 3].map(() => good(client().auth.refreshSession({ refresh_token: session.refresh_token }))),
  )
  assert.equal(new Set(answers.map(({ data }) => data.session.refresh_token)).size, 1)
})

test('a forged refresh token gives nothing', async () => {
  const { error } = await client().auth.refreshSession({ refresh_token: 'abcdefghijkl' })
  assert.equal(error.status, 400)
  assert.equal(typeof error.code, 'string')
})

test('a session is taken up again', async () => {
  const { session, id } = await member()
  const app = client()
  const { data } = await good(app.auth.setSession(session))
  assert.equal(data.user.id, id)
})

test('a user is changed and signs in with the new password', async () => {
  const { app, email } = await member()
  const { data } = await good(app.auth.updateUser({ data: { name: 'Noa' }, password: 'another long one' }))
  assert.equal(data.user.user_metadata.name, 'Noa')
  await good(client().auth.signInWithPassword({ email, password: 'another long one' }))
})

test('who signs out has no session left', async () => {
  const { app, session } = await member()
  await good(app.auth.signOut())
  const { error } = await client().auth.getUser(session.access_token)
  assert.equal(error.name, 'AuthSessionMissingError')
  const refreshed = await client().auth.refreshSession({ refresh_token: session.refresh_token })
  assert.equal(refreshed.error.status, 400)
})

test('claims verify with the published key', async () => {
  const { app, id } = await member()
  const { data } = await good(app.auth.getClaims())
  assert.equal(data.claims.sub, id)
})

test('an event is inserted and selected', async () => {
  const { app, id } = await member()
  const row = event(id, 'lesson', { metadata: { minutes: 5 } })
  const inserted = await good(app.from('engagement_events').insert(row))
  assert.deepEqual([inserted.status, inserted.data], [201, null])
  const read = await good(app.from('engagement_events').select('id, minutes:metadata->minutes').eq('id', row.id))
  assert.deepEqual(read.data, [{ id: row.id, minutes: 5 }])
})

test('many events are inserted at once and come back in their order', async () => {
  const { app, id } = await member()
  const rows = [event(id, 'b'), event(id, 'a', { metadata: { x: 1 } })]
  const request = app.from('engagement_events').insert(rows, { defaultToNull: false, count: 'exact' })
  const { data, count } = await good(request.select('event_type, metadata'))
  assert.equal(count, 2)
  assert.deepEqual(data, [
    { event_type: 'b', metadata: {} },
    { event_type: 'a', metadata: { x: 1 } },
  ])
})

test('a repeat is a conflict, or ignored where it is asked for', async () => {
  const { app, id } = await member()
  const row = event(id, 'lesson')
  await good(app.from('engagement_events').insert(row))
  assert.equal((await refused(app.from('engagement_events').insert(row))).code, '23505')
  const options = { onConflict: 'user_id,id', ignoreDuplicates: true }
  const { data } = await good(app.from('engagement_events').upsert(row, options).select())
  assert.deepEqual(data, [])
})

test('filters meet what they say', async () => {
  const { app, id } = await member()
  const kinds = ['a', 'b', 'c, d', 'e"f', 'g(h)', 'i\\j']
  await good(app.from('engagement_events').insert(kinds.map((kind) => event(id, kind))))
  const met = async (narrow) => {
    const read = await good(narrow(app.from('engagement_events').select('event_type')).order('event_type'))
    return read.data.map((row) => row.event_type)
  }
  assert.deepEqual(await met((rows) => rows.neq('event_type', 'a')), kinds.slice(1))
  assert.deepEqual(await met((rows) => rows.gt('event_type', 'a').lt('event_type', 'c')), ['b'])
  assert.deepEqual(await met((rows) => rows.gte('event_type', 'a').lte('event_type', 'b')), ['a', 'b'])
  assert.deepEqual(await met((rows) => rows.in('event_type', ['a', 'c, d', 'g(h)'])), ['a', 'c, d', 'g(h)'])
  for (const kind of kinds) {
    assert.deepEqual(await met((rows) => rows.eq('event_type', kind)), [kind])
  }
  assert.deepEqual(await met((rows) => rows.like('event_type', '%(%')), ['g(h)'])
  assert.deepEqual(await met((rows) => rows.ilike('event_type', 'A')), ['a'])
  assert.deepEqual(await met((rows) => rows.is('event_type', null)), [])
  assert.deepEqual(await met((rows) => rows.not('event_type', 'is', null)), kinds)
  assert.deepEqual(await met((rows) => rows.not('event_type', 'in', '(a,b)')), kinds.slice(2))
  assert.deepEqual(await met((rows) => rows.or('event_type.eq.a,and(event_type.gt.a,event_type.lt.c)')), ['a', 'b'])
  assert.deepEqual(await met((rows) => rows.contains('metadata', {})), kinds)
  assert.deepEqual(await met((rows) => rows.match({ event_type: 'b', source: 'app' })), ['b'])
  assert.deepEqual(await met((rows) => rows.filter('event_type', 'eq', 'b')), ['b'])
})

test('scores are read in order, by page and counted', async () => {
  const app = await scored()
  const table = () => app.from('daily_engagement_scores')
  const newest = await good(
    table().select('score_date, final_score').order('score_date', { ascending: false }).limit(1).single(),
  )
  assert.deepEqual(newest.data, { score_date: '2026-03-03', final_score: 80 })
  const paged = await good(table().select('score_date', { count: 'exact' }).order('score_date').range(1, 2))
  assert.equal(paged.count, 3)
  assert.equal(paged.status, 206)
  assert.deepEqual(paged.data.map((row) => row.score_date), ['2026-03-02', '2026-03-03'])
  const head = await good(table().select('*', { count: 'exact', head: true }))
  assert.deepEqual([head.count, head.data], [3, null])
  const none = await good(table().select().gte('score_date', '2026-03-04').maybeSingle())
  assert.equal(none.data, null)
  const one = await good(table().select('final_score').eq('score_date', '2026-03-02').maybeSingle())
  assert.deepEqual(one.data, { final_score: 55.5 })
  const nulls = await good(table().select('score_date').order('final_score', { ascending: false, nullsFirst: false }))
  assert.equal(nulls.data[0].score_date, '2026-03-03')
})

test('one row is demanded and there are three, or none', async () => {
  const app = await scored()
  const error = await refused(app.from('daily_engagement_scores').select().single())
  assert.deepEqual([error.code, error.details], ['PGRST116', 'The result contains 3 rows'])
  const none = await refused(app.from('daily_engagement_scores').select().lt('final_score', 0).single())
  assert.equal(none.details, 'The result contains 0 rows')
  assert.equal((await refused(app.from('daily_engagement_scores').select().maybeSingle())).code, 'PGRST116')
})

test('a device is registered, changed and removed', async () => {
  const { app, id } = await member()
  const row = { user_id: id, fcm_token: randomUUID(), platform: 'ios' }
  const onConflict = 'user_id,fcm_token'
  assert.equal((await good(app.from('user_fcm_tokens').upsert(row, { onConflict }))).status, 201)
  assert.equal((await good(app.from('user_fcm_tokens').upsert(row, { onConflict }))).status, 200)
  const saved = await good(
    app.from('user_fcm_tokens').upsert({ ...row, platform: 'android' }, { onConflict }).select().single(),
  )
  assert.equal(saved.data.platform, 'android')
  const changed = await good(app.from('user_fcm_tokens').update({ platform: 'web' }).eq('id', saved.data.id))
  assert.deepEqual([changed.status, changed.data], [204, null])
  const missed = await good(
    app.from('user_fcm_tokens').update({ platform: 'ios' }).eq('id', randomUUID()).select().maybeSingle(),
  )
  assert.equal(missed.data, null)
  const removed = await good(app.from('user_fcm_tokens').delete({ count: 'exact' }).lt('updated_at', '2100-01-01'))
  assert.deepEqual([removed.status, removed.count], [204, 1])
  assert.deepEqual((await good(app.from('user_fcm_tokens').select())).data, [])
})

test('a removal stops at the most that is wanted', async () => {
  const { app, id } = await member()
  const rows = ['one', 'two'].map((name) => ({ user_id: id, fcm_token: `${name} ${id}`, platform: 'ios' }))
  await good(app.from('user_fcm_tokens').insert(rows))
  const request = app.from('user_fcm_tokens').delete().eq('user_id', id).maxAffected(1)
  assert.equal((await refused(request)).code, 'PGRST124')
  assert.equal((await good(app.from('user_fcm_tokens').select())).data.length, 2)
})

test('a notification is read without its reason', async () => {
  const app = await scored()
  const { data } = await good(app.from('momentum_notifications').select().order('sent_at', { ascending: false }))
  assert.equal(data[0].title, 'Hello')
  assert.equal('reason' in data[0], false)
})

test('what the service writes the member reads', async () => {
  const { app, id } = await member()
  const service = client(SUPABASE_SERVICE_ROLE_KEY)
  await good(
    service.from('momentum_notifications').insert({
      user_id: id, notification_type: 'nudge', rule: 'r', rule_version: 1, moment: 'm', trigger_date: '2026-03-01',
      decision: 'send', reason: 'secret', title: 'Hello', message: 'A walk?',
    }),
  )
  const trait = { user_id: id, trait_key: 'goal', trait_value: '10 km', source: 'coach' }
  const { data: kept } = await good(service.from('coach_memory').insert(trait).select('id').single())
  assert.deepEqual((await good(app.from('momentum_notifications').select())).data, [])
  assert.equal((await good(app.from('coach_memory').select('trait_value').single())).data.trait_value, '10 km')
  await good(service.from('coach_memory').update({ trait_value: '5 km' }).eq('id', kept.id))
  assert.equal((await good(app.from('coach_memory').select('trait_value').single())).data.trait_value, '5 km')
  await good(service.from('coach_memory').delete().eq('id', kept.id))
  assert.deepEqual((await good(app.from('coach_memory').select())).data, [])
})

test('members do not see or write for one another', async () => {
  const { app, id } = await member()
  const other = await scored()
  assert.deepEqual((await good(app.from('daily_engagement_scores').select())).data, [])
  assert.equal((await refused(other.from('engagement_events').insert(event(id, 'theirs')))).code, '42501')
  assert.deepEqual((await good(other.from('user_fcm_tokens').delete().eq('user_id', id).select())).data, [])
})

test('nobody sees anything', async () => {
  const { error, status } = await client().from('coach_memory').select()
  assert.deepEqual([error.code, error.message, status], ['42501', 'permission denied for table coach_memory', 401])
})

test('errors come with code, message, details and hint', async () => {
  const { app, id } = await member()
  const table = () => app.from('engagement_events')
  for (const [request, code] of [
    [app.from('nothing').select(), 'PGRST205'],
    [app.rpc('nothing'), 'PGRST202'],
    [table().select('nothing'), '42703'],
    [table().select('members(*)'), 'PGRST200'],
    [table().insert({ nothing: 1 }), 'PGRST204'],
    [table().select().filter('id', 'about', 1), 'PGRST100'],
    [table().select().eq('id', 'five'), '22P02'],
    [table().select('*', { count: 'exact' }).range(5, 9), 'PGRST103'],
    [table().select().csv(), 'PGRST107'],
    [app.schema('auth').from('users').select(), 'PGRST106'],
    [table().insert(event(id, '')), '23514'],
    [table().update({ event_type: 'x' }).eq('id', randomUUID()), '42501'],
  ]) {
    assert.equal((await refused(request)).code, code)
  }
})

test('an old token on the way in is no hindrance', async () => {
  const { email } = await member()
  const app = createClient(SUPABASE_URL, SUPABASE_ANON_KEY, { ...OPTIONS, global: { headers: { Authorization: 'Bearer a.b.c' } } })
  await good(app.auth.signInWithPassword({ email, password: PASSWORD }))
})
