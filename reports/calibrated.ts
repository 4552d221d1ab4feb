import type { Manifest } from '../harness/model/index.ts'

/** When, where and with which result the instrument of a run was last calibrated, or that it was not. */
export const calibrated = ({ calibration, host, versions }: Manifest): string => {
  if (!calibration) return 'never: nothing is on record where this run was started'
  const { when, outcome, version, mode, machine, here } = calibration
  const where =
    here && machine && isSame(machine, host)
      ? 'on this machine'
      : machine
        ? `on another machine (${machine.cpu}, ${machine.cores} cores, ${machine.platform})`
        : 'on a machine that the record does not name'
  const by =
    version === versions.driftmark
      ? `this version, the ${mode} battery`
      : version
        ? `another version, ${version}, the ${mode} battery`
        : 'a version that the record does not name'
  return `${when.slice(0, 16).replace('T', ' ')} UTC, ${where}, ${by}: ${outcome}`
}

const isSame = (a: Manifest['host'], b: Manifest['host']): boolean =>
  a.platform === b.platform &&
  a.cpu === b.cpu &&
  a.cores === b.cores &&
  a.memoryBytes === b.memoryBytes
