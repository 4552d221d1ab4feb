import type { CalibrationRecord } from '../calibration-record.ts'
import { quote } from '../redact.ts'
import type { Judged } from './battery.ts'
import { CASES } from './cases/index.ts'
import { outcomeOf } from './table.ts'

/**
 * docs/calibration.md: what each case shows, for a reader who doubts the numbers, and how the battery came out on a machine. The
 * first lines name the command that printed it.
 */
export const page = (
  judged: readonly Judged[],
  { when, outcome, version, mode, machine }: CalibrationRecord,
  words: readonly string[],
): string =>
  [
    '# Calibration',
    '',
    `Printed by \`npm run --silent driftmark -- ${words.map(quote).join(' ')}\` on ${when.slice(0, 10)}: driftmark ${version}, the ${mode} battery.`,
    `Machine: ${machine.cpu}, ${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB, ${machine.platform}.`,
    '',
    `**${outcome}.**`,
    '',
    ...PREFACE,
    '',
    ...CASES.flatMap((known) => [
      `## ${known.name}`,
      '',
      `The engine: ${known.about}. ${known.proves}`,
      '',
      `    driftmark calibrate --case ${known.name}`,
      '',
      `The sim is told \`${JSON.stringify(known.flaws)}\`.`,
      '',
      ...tableOf(judged.find(({ name }) => name === known.name)),
      '',
    ]),
  ].join('\n')

const tableOf = (judged: Judged | undefined): readonly string[] => {
  if (!judged) return ['Not played.']
  return [
    '| claim | claimed | measured | allowed | outcome |',
    '|---|---|---|---|---|',
    ...judged.lines.map((line) => {
      const outcome = line.why ? `${outcomeOf(line)}: ${line.why}` : outcomeOf(line)
      const cells = [line.what, line.claimed, line.measured, line.allowed, outcome]
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
    }),
  ]
}

const PREFACE = [
  'A number is worth what its instrument is worth. `driftmark calibrate` measures engines whose truth is known and holds every finding',
  'against it; nothing here asks to be believed. It takes less than a minute, `--full` takes minutes, and both need nothing but this program:',
  '',
  '    driftmark calibrate',
  '    driftmark calibrate --full',
  '    driftmark calibrate --case stall',
  '',
  '**What is measured.** The engine is the `sim` (adapters/sim): exact search in a process of its own, with flaws that are told to it. It is',
  'reached over sockets, through the same sender, history and analysis as any other engine; the instrument knows nothing of its flaws. It keeps a',
  'log of what truly became of every request, in microseconds of the same monotonic clock. *Claimed* is what that log says, or the closed form',
  'of what the engine was told to do; *measured* is what the findings print; a pair of numbers is a bracket.',
  '',
  '**What is allowed.** No tolerance is chosen to fit. A bracket must hold the truth of the probed writes, always (docs/definitions.md §2), for',
  'every write by itself and at every quantile. Its upper end may lie above the truth by one step of the ladder (its growth), by the time that',
  'a probe takes, and by what the harness may add to a figure without withholding it (§5: 1 ms, or 5 % of the service time). A count must be',
  'equal to that of the log; where requests under way leave it open, it lies between what is sure and what is possible. Recall by the log is equal to nine',
  'places; recall against the share that was asked for has four binomial standard errors of its searches. Response times follow the closed',
  'form of their queue, longer by no more than the log says that the queue took to drain.',
  '',
  '**Outcomes.** *holds* · *OUTSIDE*: the instrument is wrong, exit 1 · *UNSURE*: by the harness’s own figures this machine was too slow to tell, or nothing',
  'happened by which it could be told, exit 2. A bracket that misses the truth is never excused by a slow machine. A claim about nothing is never held.',
  '',
  '**Where the claims are times** a case is played alone. Claims that are counts or recall hold at any speed, so those cases are played two at a time (with `--full` alone, too).',
  'Each report says when, on what machine and with which result its instrument was last calibrated, or that it was not.',
]
