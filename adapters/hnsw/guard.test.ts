import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request, type Server } from 'node:http'
import { test } from 'node:test'
import { createClient } from './client.ts'
import { LIMITS } from './json.ts'
import { PLAIN, portOf, refusedAs, withService } from './service.fixture.ts'

const row = { rows: [{ id: 1, vector: [0, 0] }] }

test('with a token, all but health and readiness need it, letter for letter', () =>
  withService(
    async (ask, _, server) => {
      const as = (path: string, token?: string) => ask('GET', path, undefined, undefined, token)
      for (const token of [undefined, '', 'secres', 'secret x', 'Secret']) {
        const reply = await as('/collections', token)
        refusedAs(reply, 401, 'unauthorized', /Bearer/)
        assert.equal(reply.headers.get('www-authenticate'), 'Bearer')
        assert.equal((await as('/metrics', token)).status, 401)
      }
      assert.equal((await as('/collections', 'secret')).status, 200)
      const client = createClient(`http://127.0.0.1:${portOf(server)}`, 1, 'secret')
      assert.deepEqual(await client.list(), { collections: [], aliases: {} })
      await client.close()
      assert.deepEqual((await as('/healthz')).json, { alive: true })
      assert.deepEqual((await as('/readyz')).json, { ready: true })
    },
    { token: 'secret' },
  ))

test('a write that does not fit the queue is refused before its body is read, and fits later', () =>
  withService(
    async (ask, _, server) => {
      await ask('PUT', '/collections/a', PLAIN)
      const upsert = () => ask('POST', '/collections/a/upsert', row)
      const half = request({
        port: portOf(server),
        method: 'POST',
        path: '/collections/a/upsert',
        headers: { 'content-type': 'application/json', 'content-length': 100 },
      })
      half.on('error', () => undefined)
      half.write('{ "rows"')
      const [, response] = await once(server, 'request')
      const refusal = await upsert()
      refusedAs(refusal, 429, 'busy', /1 writes of 100 bytes/)
      assert.equal(refusal.headers.get('retry-after'), '1')
      const search = await ask('POST', '/collections/a/search', { vector: [0, 0], k: 1 })
      assert.deepEqual(search.json, { hits: [] }, 'searches do not queue')
      half.destroy()
      await once(response, 'close')
      assert.deepEqual((await upsert()).json, { upserted: 1 })
    },
    { queue: { requests: 4, bytes: 120 } },
  ))

/** Begins a write of 100 bytes and leaves it at that. */
const begin = (server: Server, name: string) => {
  const half = request({
    port: portOf(server),
    method: 'POST',
    path: `/collections/${name}/upsert`,
    headers: { 'content-type': 'application/json', 'content-length': 100 },
  })
  half.on('error', () => undefined)
  half.write('{ "rows"')
  return once(half, 'response').then(([response]) => response as IncomingMessage)
}

test('a write to what is not there takes no place in the queue, and is told so before its body comes', () =>
  withService(
    async (ask, _, server) => {
      await ask('PUT', '/collections/a', PLAIN)
      assert.equal((await begin(server, 'none')).statusCode, 404)
      assert.deepEqual((await ask('POST', '/collections/a/upsert', row)).json, { upserted: 1 })
    },
    { queue: { requests: 1, bytes: 120 } },
  ))

test('a body that brings nothing more is refused, its connection ends, and its place is free', () =>
  withService(
    async (ask, _, server) => {
      await ask('PUT', '/collections/a', PLAIN)
      const silent = begin(server, 'a')
      await once(server, 'request')
      refusedAs(await ask('POST', '/collections/a/upsert', row), 429, 'busy')
      const { statusCode, headers } = await silent
      assert.deepEqual([statusCode, headers.connection], [408, 'close'])
      assert.deepEqual((await ask('POST', '/collections/a/upsert', row)).json, { upserted: 1 })
    },
    { queue: { requests: 1, bytes: 120 }, waits: { silence: 500 } },
  ))

test('a body whose length is not told counts as the largest, and ends where it grows beyond', () =>
  withService(async (ask, _, server) => {
    await ask('PUT', '/collections/a', PLAIN)
    const chunked = request({
      port: portOf(server),
      method: 'POST',
      path: '/collections/a/search',
      headers: { 'content-type': 'application/octet-stream' },
    })
    const answered = once(chunked, 'response')
    chunked.write(new Uint8Array(LIMITS.questionBytes))
    await once(server, 'request')
    assert.equal((await ask('GET', '/metrics')).status, 200, 'others are answered meanwhile')
    chunked.end(new Uint8Array(4))
    const [response] = await answered
    assert.equal(response.statusCode, 413)
    response.resume()
  }))

test('of a question no more is taken than a question needs', () =>
  withService(async (ask) => {
    const large = new Uint8Array(LIMITS.questionBytes + 4)
    refusedAs(await ask('POST', '/collections/a/search', large), 413, 'too-large', /1048576/)
    refusedAs(await ask('POST', '/collections/a/upsert', large), 404, 'no-such-collection')
  }))

test('of collections that are made at once, no more are let in than there may be', () =>
  withService(async (ask) => {
    const names = Array.from({ length: LIMITS.collections + 5 }, (_, i) => `c${i}`)
    const made = await Promise.all(names.map((name) => ask('PUT', `/collections/${name}`, PLAIN)))
    assert.equal(made.filter(({ status }) => status === 200).length, LIMITS.collections)
    assert.equal((await ask('GET', '/collections')).json.collections.length, LIMITS.collections)
  }))

test('collections are counted; one dropped makes room', () =>
  withService(async (ask) => {
    const put = (i: number) => ask('PUT', `/collections/c${i}`, PLAIN)
    for (let i = 0; i < LIMITS.collections; i++) assert.equal((await put(i)).status, 200)
    refusedAs(await put(LIMITS.collections), 409, 'too-many', /256 collections/)
    assert.deepEqual((await put(0)).json, { created: false })
    await ask('DELETE', '/collections/c0')
    assert.deepEqual((await put(LIMITS.collections)).json, { created: true })
  }))
