import { EXIT } from '../errors.ts'
import { battery, type Judged } from './calibration/battery.ts'
import { recordCalibration } from './calibration-record.ts'
import { expectWords, type Verb } from './verb.ts'

export const calibrate: Verb = {
  name: 'calibrate',
  usage: '[--json]',
  about:
    'Measures an engine whose truth is known, in a process of its own, and prints what was claimed, measured and allowed. Exit 1 if anything is outside.',
  help: { json: 'one JSON object a case on stdout' },
  example: 'driftmark calibrate',
  options: { json: { type: 'boolean' } },
  run: async (given, io) => {
    expectWords(calibrate, given, 0, 0)
    const judged: Judged[] = []
    for await (const one of battery(io)) {
      judged.push(one)
      io.status('')
      io.out(given.flag('json') ? JSON.stringify(one) : table(one))
    }
    if (io.interrupted.aborted) return EXIT.unknown
    const lines = judged.flatMap((one) => one.lines)
    const wrong = lines.filter(({ holds }) => holds === false).length
    const unsure = lines.filter(({ holds }) => holds === null).length
    const invalid = judged.filter((one) => one.invalid.length > 0).length
    const outcome = [
      `${lines.length - wrong - unsure} of ${lines.length} inside the allowed error`,
      ...(unsure > 0 ? [`${unsure} that this machine was too slow to tell`] : []),
      ...(invalid > 0 ? [`${invalid} runs not valid`] : []),
    ].join(', ')
    await recordCalibration({ when: new Date().toISOString(), outcome })
    io.say(outcome)
    return wrong > 0 ? EXIT.failed : invalid + unsure > 0 ? EXIT.unknown : EXIT.pass
  },
}

/** A case as lines of text: claimed, measured, allowed, outcome. */
export const table = ({ name, lines, invalid }: Judged): string =>
  [
    name,
    ...lines.map(
      ({ what, claimed, measured, allowed, holds }) =>
        `  ${holds ? 'holds  ' : holds === null ? 'UNSURE ' : 'OUTSIDE'}  ${what}: claimed ${claimed}, measured ${measured}, allowed ${allowed}`,
    ),
    ...invalid.map((reason) => `  not valid: ${reason}`),
  ].join('\n')
