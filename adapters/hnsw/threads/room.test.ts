import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refused } from '../refused.ts'
import { AHEAD, createRoom } from './room.ts'

/** An index that has room for so many rows; what it was asked for. */
const indexOf = (most: number) => {
  const asked: number[] = []
  const reserve = async (rows: number): Promise<void> => {
    asked.push(rows)
    if (rows > most) throw refused(503, 'full', 'memory does not suffice')
  }
  return { asked, reserve }
}

test('rows that were promised are not asked for again', async () => {
  const { asked, reserve } = indexOf(1e6)
  const room = createRoom(reserve)
  for (let i = 0; i < AHEAD; i++) assert.equal(room.take(1), undefined)
  assert.deepEqual(asked, [])
  await Promise.all([room.take(1), room.take(2), room.take(AHEAD - 3)])
  assert.deepEqual(asked, [2 * AHEAD], 'those under way and as many again')
  room.leave(2 * AHEAD)
  await room.take(1000)
  assert.deepEqual(asked.slice(1), [1000], 'what is in the index needs no room any more')
})

test('near the end of memory only what is needed is asked for; what does not fit is refused, and the rest goes on', async () => {
  const { asked, reserve } = indexOf(AHEAD + 10)
  const room = createRoom(reserve)
  room.take(AHEAD)
  await room.take(4)
  assert.deepEqual(asked, [2 * AHEAD, AHEAD + 4])
  const [large, small] = await Promise.allSettled([room.take(100), room.take(6)])
  assert.deepEqual([large!.status, small!.status], ['rejected', 'fulfilled'])
  await assert.rejects(async () => room.take(1), { status: 503 })
})
