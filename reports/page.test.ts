import assert from 'node:assert/strict'
import { test } from 'node:test'
import { book, markdown, page } from './index.ts'
import { sampleInput } from './sample.fixture.ts'

const inputs = [sampleInput('hnsw', 1), sampleInput('pgvector', 2.5)]

test('the page stands alone: no script, no address but name spaces, a policy that allows none', async () => {
  const text = await page(inputs)
  assert.ok(!/<script/i.test(text), 'a script, or a foreign string that was not escaped')
  assert.ok(text.includes(`default-src 'none'`))
  const addresses = [...text.matchAll(/(?:https?:)?\/\/[a-z0-9.-]+\.[a-z]{2,}[^"'\s<)]*/gi)].map(
    ([a]) => a,
  )
  assert.deepEqual([...new Set(addresses)], ['http://www.w3.org/2000/svg'])
  assert.ok(!/<(?:link|img|iframe|object|embed|base|form)\b/i.test(text))
  assert.ok(!/\son\w+=/i.test(text), 'an event handler')
})

test('validity and verdict come before every number', async () => {
  const text = await page(inputs)
  const order = [
    'pgvector: fail',
    'ingest to searchable, p99',
    'Ingest to searchable</h2>',
    'Response time over time',
    'Recall over turnover',
    'Loss by cause',
    'Backlog</h2>',
    'Checks</h2>',
    'How it was measured',
  ]
  const places = order.map((part) => text.indexOf(part))
  assert.ok(
    places.every((place) => place > 0),
    JSON.stringify(Object.fromEntries(order.map((p, i) => [p, places[i]]))),
  )
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  )
})

test('an invalid run says so, with its reasons, before everything else', async () => {
  const [first] = inputs
  const validity = {
    ...first!.findings.validity,
    valid: false,
    reasons: [{ code: 'X', text: 'The sender was too busy.' }],
  }
  const text = await page([
    { ...first!, findings: { ...first!.findings, validity, verdict: 'unknown' } },
  ])
  assert.ok(text.indexOf('The sender was too busy.') < text.indexOf('ingest to searchable'))
  assert.ok(text.includes('not a valid run'))
})

test('what is so of every run is said once, below the cards; what is of one run stands in its card', async () => {
  const busy = (input: (typeof inputs)[number], text: string) => {
    const labels = ['The machine was busy.', text].map((text) => ({ code: 'X', text }))
    const validity = { ...input.findings.validity, labels }
    return { ...input, findings: { ...input.findings, validity } }
  }
  const told = [busy(inputs[0]!, 'Only hnsw.'), busy(inputs[1]!, 'Only pgvector.')]
  const times = (text: string, part: string) => text.split(part).length - 1
  for (const text of [await page(told), markdown(told)]) {
    assert.ok(text.includes('Every run: The machine was busy'))
    for (const part of ['The machine was busy', 'Instrument last', 'Only hnsw', 'Only pgvector'])
      assert.equal(times(text, part), 1, part)
  }
  const alone = await page(told.slice(0, 1))
  assert.ok(alone.includes('<li class="soft">The machine was busy.</li>'))
  assert.ok(!alone.includes('Every run'))
})

test('phases are told apart where there are several that were measured', async () => {
  const [{ findings, ...more }] = inputs as [(typeof inputs)[number]]
  const [last] = findings.phases.slice(-1)
  const phases = [...findings.phases, { ...last!, name: 'after', from: 30, to: 60 }]
  assert.match(await page([{ ...more, findings: { ...findings, phases } }]), /Phases: hnsw/)
  assert.doesNotMatch(await page([{ ...more, findings }]), /Phases: hnsw/)
})

test('the same input gives the same bytes', async () => {
  const first = await page(inputs)
  const again = await page(inputs)
  assert.ok(first === again, 'two pages of one input differ')
})

test('Markdown escapes what would be markup, and prints both ends', () => {
  const text = markdown(inputs)
  const outsideCode = text.split('\n').filter((line) => !line.startsWith('    '))
  assert.doesNotMatch(outsideCode.join('\n'), /(?<!\\)<script/)
  assert.match(
    text,
    /\| ingest to searchable, p99 \| 18\.0 ms … 22\.0 ms \| 45\.0 ms … 55\.0 ms \|/,
  )
  assert.match(text, /\| delete response, p99 \| \\> timeout \|/)
})

test('the spread over repeats is told from six on; fewer say that they are too few', () => {
  const repeats = (n: number) => Array.from({ length: n }, (_, i) => sampleInput('hnsw', 1 + i))
  const row = (n: number) =>
    markdown(repeats(n))
      .split('\n')
      .find((line) => line.includes('over repeats'))
  assert.match(row(1)!, /one run/)
  assert.match(row(2)!, /2 runs, 6 needed/)
  assert.match(row(6)!, /22\.0 ms … 132 ms over 6 runs/)
})

test('a book holds a section for each scenario, behind an overview, with ids of their own', async () => {
  const text = await book('Four scenarios', 'All of them.', [inputs, inputs])
  const ids = [...text.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id)
  assert.equal(new Set(ids).size, ids.length, 'an id stands twice')
  for (const [, id] of text.matchAll(/(?:href="|url\()#([^")]+)/g)) assert.ok(ids.includes(id!), id)
  assert.equal(text.match(/<h1/g)?.length, 1)
  assert.ok(text.indexOf('verdict</td>') < text.indexOf('id="s0"'))
})

test('a run that began empty has no turnover: its recall stands over time', async () => {
  const one = sampleInput('hnsw', 1)
  const { recall } = one.findings
  const at = <T extends { turnover: number | null }>(all: readonly T[]) =>
    all.map((bin) => ({ ...bin, turnover: null }))
  const empty = { ...recall!, bins: at(recall!.bins), checkpoints: at(recall!.checkpoints) }
  const input = { ...one, findings: { ...one.findings, recall: empty } }
  assert.match(await page([input]), /<h2>Recall over time<\/h2>/)
  assert.match(await page([one]), /<h2>Recall over turnover<\/h2>/)
})
