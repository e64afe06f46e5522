/** The first bytes of executables, as far as they say which machine they are for. */

const ELF = { "linux-x64": 0x3e, "linux-arm64": 0xb7 } as const;
const MACH_O = { "darwin-x64": 0x0100_0007, "darwin-arm64": 0x0100_000c } as const;
const PE = { "windows-x64": 0x8664, "windows-arm64": 0xaa64 } as const;

export type Machine = keyof typeof ELF | keyof typeof MACH_O | keyof typeof PE;

export function aHead(machine: Machine): Buffer {
  const head = Buffer.alloc(256);
  if (machine in ELF) {
    head.write("\u007FELF\u0002\u0001\u0001", "latin1");
    head.writeUInt16LE(ELF[machine as keyof typeof ELF], 18);
  } else if (machine in MACH_O) {
    head.writeUInt32LE(0xfeed_facf, 0);
    head.writeUInt32LE(MACH_O[machine as keyof typeof MACH_O], 4);
  } else {
    head.write("MZ", "latin1");
    head.writeUInt32LE(128, 0x3c);
    head.write("PE\u0000\u0000", 128, "latin1");
    head.writeUInt16LE(PE[machine as keyof typeof PE], 132);
  }
  return head;
}
