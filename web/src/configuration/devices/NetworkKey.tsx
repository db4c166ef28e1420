import { CopyText } from "../../ui/CopyText";

interface NetworkKeyProps {
  /** 64 hexadecimal digits. */
  secret: string;
  /** Where the device knocks, at its controller's port for peripherals. */
  path: string;
}

/** What must be put into a device on the network, so that it can speak with its controller. */
export function NetworkKey({ secret, path }: NetworkKeyProps) {
  return (
    <>
      <p role="status">
        Set this key and this address on the device. Whoever has the key can send reads in its name: leave it nowhere else.
      </p>
      <CopyText text={secret} name="the key" testId="network-key" />
      <PeripheralAddress path={path} />
    </>
  );
}

/** The address that a device on the network sends to. */
export function PeripheralAddress({ path }: { path: string }) {
  return (
    <>
      <p>Address at its controller’s port for such devices (--peripherals-port):</p>
      <CopyText text={path} name="the address" />
    </>
  );
}
