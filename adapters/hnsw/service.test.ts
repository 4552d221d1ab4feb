import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LIMITS } from './json.ts'
import { PLAIN, refusedAs, withService } from './service.fixture.ts'
import { idsBody, queryBody, readHits, rowsBody } from './wire.ts'

const three = {
  rows: [
    { id: 1, vector: [0, 0] },
    { id: 2, version: 5, vector: [1, 0] },
    { id: 3, vector: [9, 9] },
  ],
}
test('a person gets by with JSON: create, upsert, search, get, delete, count, drop', () =>
  withService(async (ask) => {
    assert.deepEqual((await ask('PUT', '/collections/a', PLAIN)).json, { created: true })
    assert.deepEqual((await ask('PUT', '/collections/a', PLAIN)).json, { created: false })
    assert.deepEqual((await ask('POST', '/collections/a/upsert', three)).json, { upserted: 3 })
    const hits = [
      { id: 2, version: 5, distance: 1 },
      { id: 1, version: 0, distance: 4 },
    ]
    for (const verb of ['search', 'exact']) {
      const found = await ask('POST', `/collections/a/${verb}`, { vector: [2, 0], k: 2 })
      assert.deepEqual(found.json, { hits })
    }
    assert.deepEqual((await ask('POST', '/collections/a/delete', { ids: [2, 77] })).json, {
      deleted: 1,
    })
    const got = await ask('POST', '/collections/a/get', { ids: [3, 2, 1] })
    assert.deepEqual(
      got.json.hits.map(({ id }: { id: number }) => id),
      [3, 1],
    )
    assert.deepEqual((await ask('GET', '/collections/a/count')).json, { count: 2 })
    assert.equal((await ask('GET', '/collections/a/stats')).json.tombstones, 1)
    assert.equal((await ask('POST', '/collections/a/compact')).json.tombstones, 0)
    assert.deepEqual((await ask('GET', '/collections/a/shape')).json, {
      meanDegree: 1,
      unreachable: 0,
    })
    assert.deepEqual((await ask('DELETE', '/collections/a')).json, { dropped: 'a' })
    refusedAs(await ask('GET', '/collections/a/count'), 404, 'no-such-collection', /"a"/)
  }))

test('a machine gets the same from octets', () =>
  withService(async (ask) => {
    await ask('PUT', '/collections/a', PLAIN)
    const rows = three.rows.map((row) => ({
      version: 0,
      ...row,
      vector: Float32Array.from(row.vector),
    }))
    assert.deepEqual((await ask('POST', '/collections/a/bulk', rowsBody(rows, 2))).json, {
      upserted: 3,
    })
    const reply = await ask('POST', '/collections/a/search', queryBody(Float32Array.of(2, 0), 2, 0))
    assert.equal(reply.type, 'application/octet-stream')
    assert.deepEqual(readHits(reply.bytes), {
      ids: Uint32Array.of(2, 1),
      versions: Int32Array.of(5, 0),
      distances: Float32Array.of(1, 4),
    })
    await ask('POST', '/collections/a/delete', idsBody([2]))
    const got = readHits((await ask('POST', '/collections/a/get', idsBody([2, 3]))).bytes)
    assert.deepEqual([...got!.ids], [3])
  }))

test('an alias moves in one step, stands for its collection, and goes with it', () =>
  withService(async (ask) => {
    for (const name of ['blue', 'green']) await ask('PUT', `/collections/${name}`, PLAIN)
    await ask('POST', '/collections/green/upsert', three)
    const count = async () => (await ask('GET', '/collections/live/count')).json.count
    await ask('PUT', '/aliases/live', { collection: 'blue' })
    assert.equal(await count(), 0)
    await ask('PUT', '/aliases/live', { collection: 'green' })
    assert.equal(await count(), 3)
    refusedAs(await ask('PUT', '/aliases/live', { collection: 'red' }), 404, 'no-such-collection')
    assert.equal(await count(), 3)
    refusedAs(await ask('PUT', '/aliases/blue', { collection: 'green' }), 409, 'exists')
    assert.deepEqual((await ask('PUT', '/collections/live', PLAIN)).json, { created: false })
    await ask('DELETE', '/collections/live')
    refusedAs(await ask('GET', '/collections/live/count'), 404, 'no-such-collection')
    await ask('PUT', '/aliases/live', { collection: 'green' })
    await ask('DELETE', '/collections/green')
    assert.deepEqual((await ask('GET', '/collections')).json, {
      collections: ['blue'],
      aliases: {},
    })
  }))

test('what is refused is refused whole, with status, code and cure', () =>
  withService(async (ask) => {
    await ask('PUT', '/collections/a', PLAIN)
    const upsert = (body: Uint8Array | object) => ask('POST', '/collections/a/upsert', body)
    const row = (id: number, ...vector: number[]) => ({
      id,
      version: 0,
      vector: Float32Array.from(vector),
    })
    refusedAs(
      await upsert(rowsBody([row(1, 0, 0), row(2, 0, Number.NaN)], 2)),
      400,
      'not-finite',
      /row 2/,
    )
    refusedAs(
      await upsert(rowsBody([row(1, 0, Infinity)], 2)),
      400,
      'not-finite',
      /row 1 holds Inf/,
    )
    refusedAs(await upsert({ rows: [{ id: 1, vector: [0, 1e300] }] }), 400, 'not-finite')
    refusedAs(await upsert(rowsBody([row(1, 0, 0, 0)], 3)), 400, 'dimensions', /3 .* 2/)
    const uneven = { rows: [...three.rows, { id: 4, vector: [1] }] }
    refusedAs(await upsert(uneven), 400, 'dimensions', /row 4/)
    refusedAs(await upsert({ rows: [{ id: -1, vector: [0, 0] }] }), 400, 'body', /rows\.0\.id/)
    refusedAs(await upsert({ rows: [], more: 1 }), 400, 'body', /more/)
    assert.equal((await ask('GET', '/collections/a/count')).json.count, 0, 'nothing was stored')

    const search = (body: object) => ask('POST', '/collections/a/search', body)
    refusedAs(await search({ vector: [0, 0], k: LIMITS.k + 1 }), 400, 'k', /10000/)
    refusedAs(await search({ vector: [0, 0], k: 0 }), 400, 'body', /k/)
    refusedAs(await search(queryBody(Float32Array.of(0, 0), 0, 0)), 400, 'k')
    refusedAs(await search({ vector: [0, 0], k: 10, ef: 9 }), 400, 'ef', /less than k/)
    refusedAs(await search({ vector: [0, 0], k: 1, ef: LIMITS.ef + 1 }), 400, 'ef')
    refusedAs(await search({ vector: [0], k: 1 }), 400, 'dimensions')
    refusedAs(await search(queryBody(Float32Array.of(0, Number.NaN), 1, 0)), 400, 'not-finite')
  }))

test('names, options, routes and kinds of body are held to what there is', () =>
  withService(async (ask) => {
    const put = (name: string, options: object) => ask('PUT', `/collections/${name}`, options)
    refusedAs(await put('9a', PLAIN), 400, 'name')
    refusedAs(await put(`a${'b'.repeat(63)}`, PLAIN), 400, 'name')
    refusedAs(
      await put('a', { ...PLAIN, dimensions: LIMITS.dimensions + 1 }),
      400,
      'options',
      /dimensions/,
    )
    refusedAs(await put('a', { ...PLAIN, metric: 'l1' }), 400, 'options', /metric/)
    refusedAs(await put('a', { ...PLAIN, m: 1 }), 400, 'options', /m/)
    refusedAs(await put('a', { ...PLAIN, M: 16 }), 400, 'options', /M/)
    await put('a', PLAIN)
    refusedAs(await put('a', { ...PLAIN, ef: 65 }), 409, 'exists', /ef 64, not 65/)
    refusedAs(await ask('GET', '/nothing'), 404, 'no-such-route')
    refusedAs(await ask('PATCH', '/collections/a', {}), 405, 'method')
    refusedAs(await ask('POST', '/collections/a/upsert', three, 'text/plain'), 400, 'content-type')
  }))

test('a body beyond the limit is refused, and the connection goes on', () =>
  withService(async (ask) => {
    await ask('PUT', '/collections/a', PLAIN)
    const body = new Uint8Array(LIMITS.bodyBytes + 1)
    refusedAs(await ask('POST', '/collections/a/upsert', body), 413, 'too-large')
    assert.equal((await ask('GET', '/collections/a/count')).json.count, 0)
  }))

test('of two compactions at once one waits for the other, and searches are answered', () =>
  withService(async (ask) => {
    await ask('PUT', '/collections/a', PLAIN)
    const rows = Array.from({ length: 3000 }, (_, id) => ({ id, vector: [id % 61, id % 53] }))
    await ask('POST', '/collections/a/bulk', { rows })
    await ask('POST', '/collections/a/delete', { ids: rows.slice(0, 1500).map(({ id }) => id) })
    const paths = ['compact', 'compact']
    const [search, ...compacts] = await Promise.all([
      ask('POST', '/collections/a/search', { vector: [1, 1], k: 3 }),
      ...paths.map((verb) => ask('POST', `/collections/a/${verb}`)),
    ])
    assert.equal(search!.json.hits.length, 3)
    assert.deepEqual(
      compacts.map(({ json }) => json.compactions),
      [1, 2],
    )
    assert.equal((await ask('GET', '/collections/a/stats')).json.tombstones, 0)
  }))

test('whatever the body, no request is the fault of the server', () =>
  withService(async (ask) => {
    await ask('PUT', '/collections/a', PLAIN)
    const verbs = fc.constantFrom('upsert', 'bulk', 'delete', 'get', 'search', 'exact')
    const words = fc
      .uint32Array({ maxLength: 12, max: 4 })
      .map((list) => new Uint8Array(list.buffer))
    const octets = fc.oneof(fc.uint8Array({ maxLength: 40 }), words)
    const text = fc.oneof(fc.json(), fc.string()).map((string) => Buffer.from(string))
    await fc.assert(
      fc.asyncProperty(verbs, octets, text, async (verb, bytes, string) => {
        for (const [body, type] of [
          [bytes, 'application/octet-stream'],
          [new Uint8Array(string), 'application/json'],
        ] as const) {
          const { status } = await ask('POST', `/collections/a/${verb}`, body, type)
          assert.ok(status === 200 || status === 400, `${verb}: ${status}`)
        }
        const put = await ask('PUT', '/collections/b', new Uint8Array(string), 'application/json')
        assert.equal(put.status, 400)
      }),
    )
  }))
