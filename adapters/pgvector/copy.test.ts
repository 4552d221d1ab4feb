import assert from 'node:assert/strict'
import { test } from 'node:test'
import { binaryRows } from './copy.ts'

test('two rows in the binary format of COPY, byte by byte', async () => {
  async function* batches() {
    yield [{ id: 1, version: 2, vector: Float32Array.of(1, -2) }]
    yield []
    yield [{ id: 258, version: 0, vector: Float32Array.of(0.5) }]
  }
  const chunks: Buffer[] = []
  for await (const chunk of binaryRows(batches())) chunks.push(chunk)
  const hex = Buffer.concat(chunks).toString('hex')
  assert.equal(
    hex,
    [
      '5047434f50590aff0d0a00 00000000 00000000',
      '0003 00000008 0000000000000001 00000004 00000002 0000000c 0002 0000 3f800000 c0000000',
      '0003 00000008 0000000000000102 00000004 00000000 00000008 0001 0000 3f000000',
      'ffff',
    ]
      .join('')
      .replaceAll(' ', ''),
  )
})
