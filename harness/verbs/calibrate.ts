import { EXIT, problem } from '../errors.ts'
import { type Judged, playBattery } from './calibration/battery.ts'
import type { Case } from './calibration/case.ts'
import { CASES } from './calibration/cases/index.ts'
import { page } from './calibration/page.ts'
import { summary, table, tallyOf } from './calibration/table.ts'
import { recordCalibration } from './calibration-record.ts'
import { VERSION } from './index.ts'
import { thisMachine } from './machine.ts'
import { expectWords, type Given, type Verb } from './verb.ts'

export const calibrate: Verb = {
  name: 'calibrate',
  usage: '[--full] [--case NAME …] [--json | --format md]',
  about:
    'Measures engines whose truth is known, each in a process of its own, and prints what was claimed, measured and allowed. Exit 1 if anything is outside, 2 if anything could not be told.',
  help: {
    full: 'minutes instead of one: longer runs, more rows, p99.9',
    case: `play this one only, again for another: ${CASES.map(({ name }) => name).join(', ')}`,
    json: 'one JSON object a case on stdout',
    format: 'text (the default) or md: the page docs/calibration.md on stdout',
  },
  example: 'driftmark calibrate --case stall',
  options: {
    full: { type: 'boolean' },
    case: { type: 'string', multiple: true },
    json: { type: 'boolean' },
    format: { type: 'string' },
  },
  run: async (given, io) => {
    expectWords(calibrate, given, 0, 0)
    const cases = chosen(given)
    const format = formatOf(given)
    const full = given.flag('full')
    const begun = performance.now()
    const judged: Judged[] = []
    const tell = (one: Judged): void => {
      judged.push(one)
      io.status('')
      if (format === 'md') io.say(table(one))
      else io.out(format === 'json' ? JSON.stringify(one) : table(one))
    }
    await playBattery({ cases, full, tell }, io)
    if (io.interrupted.aborted) return EXIT.unknown
    const tally = tallyOf(judged)
    const record = {
      when: new Date().toISOString(),
      outcome: summary(tally),
      version: VERSION,
      mode: full ? ('full' as const) : ('default' as const),
      machine: thisMachine(),
      ...tally,
    }
    // A part of the battery calibrates nothing.
    if (cases.length === CASES.length) await recordCalibration(record)
    if (format === 'md') io.out(page(judged, record, io.words).trimEnd())
    io.say(`${record.outcome}; ${((performance.now() - begun) / 1000).toFixed(0)} s`)
    return tally.outside > 0 ? EXIT.failed : tally.unsure > 0 ? EXIT.unknown : EXIT.pass
  },
}

const chosen = (given: Given): readonly Case[] => {
  const names = given.texts('case')
  const unknown = names.find((name) => !CASES.some((one) => one.name === name))
  if (unknown !== undefined) {
    const what = `there is no case "${unknown}"; there are ${CASES.map(({ name }) => name).join(', ')}`
    throw problem('USAGE', { what, verb: 'calibrate' })
  }
  return names.length === 0 ? CASES : CASES.filter(({ name }) => names.includes(name))
}

const formatOf = (given: Given): 'text' | 'json' | 'md' => {
  const format = given.text('format') ?? (given.flag('json') ? 'json' : 'text')
  if (format === 'text' || format === 'json' || format === 'md') return format
  const what = `--format takes text, json or md, not "${format}"`
  throw problem('USAGE', { what, verb: 'calibrate' })
}
