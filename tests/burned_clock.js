// Reads the clock that the simulated cameras burn in, from the geometry that doorward/video/burned_clock.py documents.
// Milliseconds of Unix time, or null when the picture on screen has none.
function clock(video) {
  const canvas = document.createElement("canvas");
  const W = canvas.width = 640, H = canvas.height = 360;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, W, H);
  const mean = [];
  for (let i = 0; i < 64; i++) {
    const {data} = context.getImageData((i + 0.3) * W / 64, 0.3 * H / 18, 0.4 * W / 64, 0.4 * H / 18);
    let sum = 0;
    for (let p = 0; p < data.length; p += 4) sum += 0.299 * data[p] + 0.587 * data[p+1] + 0.114 * data[p+2];
    mean.push(sum / (data.length / 4));
  }
  const sync = [1, 0, 1, 0, 1, 1, 0, 0];
  const of = bit => sync.map((s, i) => s === bit ? mean[i] : 0).reduce((a, b) => a + b) / 4;
  if (of(1) - of(0) < 60) return null;
  const bits = mean.map(m => m > (of(1) + of(0)) / 2 ? 1 : 0);
  if (sync.some((s, i) => bits[i] !== s)) return null;
  const bytes = [...Array(7).keys()].map(b => bits.slice(8 + 8*b, 16 + 8*b).reduce((a, c) => a * 2 + c, 0));
  let crc = 0xff;
  for (const byte of bytes.slice(0, 6)) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = crc & 0x80 ? (crc << 1 ^ 0x07) & 0xff : crc << 1;
  }
  return crc === bytes[6] ? bytes.slice(0, 6).reduce((a, c) => a * 256 + c, 0) : null;
}
