import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTarget, parseTargets } from './target.ts'

const taken = (text: string) => {
  const { label, adapter, options } = parseTarget(text, '/home/me')
  return [label, adapter, options]
}

test('a target is a name or a path, with a label, a URL or JSON', () => {
  assert.deepEqual(taken('hnsw'), ['hnsw', 'hnsw', undefined])
  assert.deepEqual(taken('pgvector=postgres://u:p@h/db'), [
    'pgvector',
    'pgvector',
    'postgres://u:p@h/db',
  ])
  assert.deepEqual(taken('milvus=127.0.0.1:19530'), ['milvus', 'milvus', '127.0.0.1:19530'])
  assert.deepEqual(taken('wide@hnsw:{"ef":128}'), ['wide', 'hnsw', { ef: 128 }])
  assert.deepEqual(taken('./mine.ts'), ['mine', '/home/me/mine.ts', undefined])
  assert.deepEqual(taken('a@/x/My Own.mjs:{"b":":"}'), ['a', '/x/My Own.mjs', { b: ':' }])
  assert.deepEqual(taken('sub/mine.js'), ['mine', '/home/me/sub/mine.js', undefined])
})

test('what cannot be read is refused with the reason', () => {
  for (const [text, reason] of [
    ['', /neither a name nor/],
    ['Hnsw', /neither a name nor/],
    ['hnsw:{ef}', /no JSON/],
    ['hnsw=', /nothing follows the =/],
    ['./folder/', /neither a name nor/],
  ] as const) {
    assert.throws(() => parseTarget(text, '/'), { code: 'TARGET_SYNTAX', message: reason }, text)
  }
})

test('the same label twice is refused; labels tell them apart', () => {
  assert.throws(() => parseTargets(['hnsw', 'hnsw:{"ef":9}'], '/'), {
    message: /two targets "hnsw"/,
  })
  assert.equal(parseTargets(['hnsw', 'wide@hnsw:{"ef":9}'], '/').length, 2)
})
