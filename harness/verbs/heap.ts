import { setFlagsFromString } from 'node:v8'

/** How much V8's heap may grow over what lived after the last collection, in percent; 0: as V8 sees fit, which is several times as much. */
const GROWTH = 50

/**
 * Does work that makes much garbage beside gigabytes of columns. The columns lie outside V8's heap; left to itself V8 lets half a gigabyte of
 * garbage stand, and keeps its pages until the work gives way. Afterwards everything is as it was: a run that is played must not be collected
 * more often than it would be.
 */
export const inSmallHeap = <T>(work: () => T): T => {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`)
  try {
    return work()
  } finally {
    setFlagsFromString('--heap-growing-percent=0')
  }
}
