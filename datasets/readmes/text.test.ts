import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stream } from '../../harness/model/index.ts'
import { edited } from './edit.ts'
import { tfIdf } from './embed.ts'
import { ENCODERS, wordsOf } from './encoders.ts'
import { passagesOf } from './passages.ts'

test('Markdown falls into headings, paragraphs, list items and table rows, without mark-up', () => {
  const markdown = [
    '# The `title`',
    'A [link](https://example.org) and\n**bold** text. ![picture](x.png)',
    '- first\n- second\n  - inner *item*',
    '## Table',
    '| a | b |\n|---|---|\n| one | `two` |',
    '> quoted words',
    '```js\nnot(this)\n```',
  ].join('\n\n')
  assert.deepEqual(passagesOf(markdown), {
    headings: ['The title', 'Table'],
    passages: [
      { text: 'A link and bold text.', heading: 'The title' },
      { text: 'first', heading: 'The title' },
      { text: 'second', heading: 'The title' },
      { text: 'inner item', heading: 'The title' },
      { text: 'one two', heading: 'Table' },
      { text: 'quoted words', heading: 'Table' },
    ],
  })
})

test('the models see words, words with pairs, and trigrams', () => {
  const [words, pairs, trigrams] = ENCODERS.map((terms) => terms('To be, to'))
  assert.deepEqual(Object.fromEntries(words!), { to: 2, be: 1 })
  assert.deepEqual(Object.fromEntries(pairs!), { to: 1 + Math.LN2, be: 1, 'to be': 1, 'be to': 1 })
  assert.deepEqual([...trigrams!.keys()], ['_to', 'to_', '_be', 'be_'])
})

test('rare words weigh more, unknown words nothing, and no known word means no vector', () => {
  const rows = ['red apple', 'red pear', 'red plum']
  const embed = tfIdf(rows, { seed: 1, model: 1, dimensions: 64, terms: ENCODERS[0]! })
  const vectorOf = (text: string) => {
    const into = new Float32Array(64)
    assert.ok(embed(text, into))
    return into
  }
  const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0)
  const plum = vectorOf('red plum')
  assert.ok(cosine(plum, vectorOf('plum')) > cosine(plum, vectorOf('red')))
  assert.deepEqual(vectorOf('a green plum'), vectorOf('plum'))
  const untouched = new Float32Array(64)
  assert.equal(embed('green', untouched), false)
  assert.ok(untouched.every((x) => x === 0))
})

test('an edit drops a sentence of three, else replaces a tenth of the words', () => {
  const rng = stream(1, 'edit')
  const dropped = edited('One here. Two here. Three here.', 'x', rng)
  assert.ok(
    ['One here. Two here.', 'One here. Three here.', 'Two here. Three here.'].includes(dropped),
  )
  const replaced = edited('a b c d e f g h i j', 'Other', rng)
  assert.equal(wordsOf(replaced).filter((word) => word === 'other').length, 1)
  assert.equal(replaced.length, 'a b c d e f g h i j'.length + 4)
})
