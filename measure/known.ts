import { table } from '../harness/verbs/calibrate.ts'
import { battery } from '../harness/verbs/calibration/battery.ts'
import { consoleIo } from './console.ts'

/** The instrument against an engine whose truth is known: the battery of `driftmark calibrate`. */
export const measureKnown = async (): Promise<void> => {
  for await (const judged of battery(consoleIo())) console.log(table(judged))
}
