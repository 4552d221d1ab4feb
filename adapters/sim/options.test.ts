import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseOptions } from './options.ts'

test('nothing given is a sim without flaws', () => {
  const options = parseOptions(undefined)
  assert.equal(options.server, null)
  assert.deepEqual(options.delay, { fixed: 0 })
  assert.deepEqual(
    [options.lost, options.ghosts, options.stale, options.missing, options.short],
    [0, 0, 0, 0, 0],
  )
})

test('host:port names a running server', () => {
  assert.deepEqual(parseOptions('127.0.0.1:4100').server, { host: '127.0.0.1', port: 4100 })
  assert.throws(() => parseOptions('4100'), /server: "4100" is not host:port/)
})

test('options parsed again are the same', () => {
  for (const given of [
    undefined,
    'localhost:1',
    { delay: { lognormal: { p50: 20, p99: 200 } }, missing: 0.03, log: 'truth.jsonl' },
    {
      acknowledge: { after: 5 },
      stall: { every: 9, for: 2, from: 'firstWrite' },
      capacity: { perSecond: 800 },
      late: { share: 0.1, by: 30 },
      crash: { at: 2000, down: 500, forgets: 1000 },
      clip: 5,
    },
    { stall: { every: 100, for: 20 }, errors: { fail: 0.1 }, timeouts: 0.01, seed: 7 },
  ]) {
    const once = parseOptions(given)
    assert.deepEqual(parseOptions(JSON.parse(JSON.stringify(once))), once)
  }
})

test('a refusal names the option', () => {
  for (const [given, sentence] of [
    [{ dealy: 3 }, /^sim: dealy: there is no such option/],
    [{ lost: 2 }, /^sim: lost: /],
    [{ lost: '1%' }, /^sim: lost: /],
    [{ delay: { fixed: -1 } }, /^sim: delay\.fixed: /],
    [{ delay: {} }, /^sim: delay: name one of/],
    [{ delay: { fixed: 1, lognormal: { p50: 1, p99: 2 } } }, /^sim: delay: name one of/],
    [{ delay: { lognormal: { p50: 5, p99: 2 } } }, /^sim: delay: lognormal\.p99 is below/],
    [{ stall: { every: 10, for: 10 } }, /^sim: stall: /],
    [{ errors: { fail: 0.6, unknown: 0.6 } }, /^sim: errors: /],
    [{ acknowledge: 'never' }, /^sim: acknowledge: neither before, after, nor/],
    [{ acknowledge: { after: -1 } }, /^sim: acknowledge/],
    [{ delay: { growing: { base: 1 } } }, /^sim: delay\.growing\.perWrite: /],
    [{ flicker: { share: 2, after: 0, for: 1 } }, /^sim: flicker\.share: /],
    [{ flicker: { share: 1, after: 0, for: 0 } }, /^sim: flicker\.for: /],
    [{ returns: { share: 1 } }, /^sim: returns\.after: /],
    [{ missingPerTurnover: -1 }, /^sim: missingPerTurnover: /],
    [{ duplicates: -1 }, /^sim: duplicates: /],
    [{ clip: 0 }, /^sim: clip: /],
    [{ capacity: { perSecond: 0 } }, /^sim: capacity\.perSecond: /],
    [{ capacity: { rate: 1 } }, /^sim: capacity\./],
    [{ late: { share: 1 } }, /^sim: late\.by: /],
    [{ crash: { at: 1, down: 1 } }, /^sim: crash\.forgets: /],
    [{ stall: { every: 9, for: 2, from: 'dawn' } }, /^sim: stall\.from: /],
    [{ server: { host: 'h', port: 0 } }, /^sim: server\.port: /],
    [7, /^sim: options: /],
  ] as const) {
    assert.throws(() => parseOptions(given), { message: sentence })
  }
})
