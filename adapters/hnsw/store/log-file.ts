import { writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** What the log needs of a file. */
export interface LogFile extends Pick<FileHandle, 'datasync' | 'sync' | 'truncate' | 'close'> {
  /** Bytes written from the position on, which may be fewer than given, as where the disk ends. */
  write(bytes: Uint8Array, position: number): number | Promise<number>
}
export type OpenFile = (path: string, flags: 'r+' | 'w') => Promise<LogFile>

/**
 * Up to so many bytes are copied to the system at once, in a tenth of a millisecond; by another thread they would take two changes of thread,
 * each of which waits for a processor where all are busy.
 */
const AT_ONCE = 2 ** 18

export const openLogFile: OpenFile = async (path, flags) => {
  const file = await open(path, flags)
  return {
    write: (bytes, position) =>
      bytes.length <= AT_ONCE
        ? writeSync(file.fd, bytes, 0, bytes.length, position)
        : file.write(bytes, 0, bytes.length, position).then(({ bytesWritten }) => bytesWritten),
    datasync: () => file.datasync(),
    sync: () => file.sync(),
    truncate: (length) => file.truncate(length),
    close: () => file.close(),
  }
}
