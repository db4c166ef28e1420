import { useState } from "react";

import { Icon, type IconName } from "./Icon";

interface PhotoProps {
  url: string | null;
  /** What stands in its place when there is no photo, or when it cannot be loaded. */
  instead: IconName;
  size?: "small" | "large";
}

/** A portrait beside the person's name; the name says who it is, so the picture itself needs no words. */
export function Photo({ url, instead, size = "small" }: PhotoProps) {
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const shown = url !== null && url !== failedUrl;
  return (
    <span className={`photo photo-${size}`}>
      {shown ? <img src={url} alt="" loading="lazy" onError={() => setFailedUrl(url)} /> : <Icon name={instead} />}
    </span>
  );
}
