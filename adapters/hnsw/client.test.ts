import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from './client.ts'
import { PLAIN, portOf, withService } from './service.fixture.ts'

test('the client speaks every request of a collection, and an error carries its status', () =>
  withService(async (_, __, server) => {
    const client = createClient(`http://127.0.0.1:${portOf(server)}`, 2)
    const rows = [0, 1, 2].map((id) => ({ id, version: id, vector: Float32Array.of(id, 0) }))
    assert.deepEqual(
      [await client.create('a', PLAIN), await client.create('a', PLAIN)],
      [true, false],
    )
    const a = client.collection('a')
    await a.upsert(rows)
    await a.bulk([{ id: 3, version: 0, vector: Float32Array.of(9, 9) }])
    await a.upsert([])
    assert.equal(await a.delete([3, 4]), 1)
    const found = {
      ids: Uint32Array.of(2, 1),
      versions: Int32Array.of(2, 1),
      distances: Float32Array.of(0, 1),
    }
    const query = Float32Array.of(2, 0)
    assert.deepEqual([await a.search(query, 2, 0), await a.exact(query, 2)], [found, found])
    assert.deepEqual((await a.get([2, 3])).versions, Int32Array.of(2))
    await client.alias('live', 'a')
    assert.equal(await client.collection('live').count(), 3)
    assert.equal((await a.compact()).tombstones, 0)
    assert.equal((await a.stats()).compactions, 1)
    assert.equal((await a.describe())?.count, 3)
    assert.equal(await client.collection('b').describe(), null)
    await assert.rejects(a.search(query, 2, 1), { status: 400, outcome: 'fail' })
    await assert.rejects(client.checkpoint(), { status: 409 })
    assert.match((await client.server()).version, /^\d/)
    assert.deepEqual([await client.drop('a'), await client.drop('a')], [true, false])
    await client.close()
  }))

test('what no word of a body holds is a RangeError, and nothing is sent', () =>
  withService(async (_, __, server) => {
    const client = createClient(`http://127.0.0.1:${portOf(server)}`, 1)
    await client.create('a', PLAIN)
    const a = client.collection('a')
    const vector = Float32Array.of(1, 0)
    const most = { id: 2 ** 32 - 1, version: 2 ** 31 - 1, vector }
    const least = { id: 0, version: -(2 ** 31), vector }
    await a.upsert([most, least, { id: 7, vector }])
    const whole = await a.get([most.id, 0, 7])
    assert.deepEqual([...whole.versions], [most.version, least.version, 0])
    let requests = 0
    server.on('request', () => requests++)
    const refused = (asked: Promise<unknown>, message: RegExp) =>
      assert.rejects(asked, { name: 'RangeError', outcome: 'fail', message })
    for (const id of [-1, 1.5, 2 ** 32, Number.NaN, 'abc' as never, '1' as never]) {
      await refused(a.upsert([least, { id, vector }]), /id is/)
      await refused(a.bulk([{ id, vector }]), /id is/)
      await refused(a.delete([1, id]), /id is/)
      await refused(a.get([id]), /id is/)
      await refused(a.search(vector, id, 0), /k is/)
      await refused(a.exact(vector, id), /k is/)
      await refused(a.search(vector, 1, id), /ef is/)
    }
    for (const version of [2 ** 31, -(2 ** 31) - 1, 0.5, Number.NaN]) {
      await refused(a.upsert([{ id: 1, version, vector }]), /version of row 1 is/)
    }
    await refused(a.search(vector, 0, 0), /k is 0, .* from 1/)
    const odd = [Number.NaN, Infinity, -Infinity].map((value) => Float32Array.of(0, value))
    for (const vector of [...odd, [0, 1e39] as never, ['x', 0] as never]) {
      await refused(a.upsert([{ id: 1, vector }]), /dimension [01] of the vector of row 1/)
      await refused(a.search(vector, 1, 0), /dimension [01] of the query/)
      await refused(a.exact(vector, 1), /dimension [01] of the query/)
    }
    const three = Float32Array.of(1, 2, 3)
    await refused(a.upsert([least, { id: 1, vector: three }]), /row 1 has 3 dimensions, not 2/)
    assert.equal(requests, 0)
    assert.equal(await a.count(), 3)
    await client.close()
  }))
