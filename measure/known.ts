import { playBattery } from '../harness/verbs/calibration/battery.ts'
import { CASES } from '../harness/verbs/calibration/cases/index.ts'
import { table } from '../harness/verbs/calibration/table.ts'
import { consoleIo } from './console.ts'

/** The instrument against engines whose truth is known: the battery of `driftmark calibrate`. */
export const measureKnown = async (): Promise<void> => {
  const tell = (judged: Parameters<typeof table>[0]): void => console.log(table(judged))
  await playBattery({ cases: CASES, full: false, tell }, consoleIo())
}
