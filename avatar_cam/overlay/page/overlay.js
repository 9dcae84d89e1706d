import { Drawing } from "./drawing.js";
import { read } from "./reading.js";

// Milliseconds: without news for so long the character is taken off, rather than left standing.
const STALE = 2000;
const FIRST_PAUSE = 500, LONGEST_PAUSE = 5000;

const options = new URLSearchParams(location.search);
const canvas = document.querySelector("canvas");
let drawing, newest = null, due = false, stale = 0, pause = FIRST_PAUSE, socket = null;

function complain(error) {
  const line = document.querySelector("p");
  line.textContent = `avatar-cam: ${error.message}`;
  line.hidden = false;
}

/** Draws the newest frame when the browser next draws anything. */
function wake() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    try {
      drawing.draw(newest);
      // For scripts that look at the page.
      document.documentElement.dataset.frame = newest ? newest.index : "";
    } catch (error) {
      complain(error);
    }
  });
}

function show(frame) {
  newest = frame;
  clearTimeout(stale);
  if (frame) stale = setTimeout(() => show(null), STALE);
  wake();
}

function take(message) {
  switch (message.kind) {
    case "frame": show(message); break;
    case "texture": drawing.add(message); break;
    case "forget": drawing.forget(message.numbers); break;
  }
}

function connect() {
  const token = options.get("token"), query = token ? `?token=${encodeURIComponent(token)}` : "";
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws${query}`);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    pause = FIRST_PAUSE;
    document.title = "avatar-cam";
    socket.send(JSON.stringify({ type: "subscribe", to: ["overlay"] }));
  };
  socket.onmessage = ({ data }) => { if (typeof data !== "string") take(read(data)); };
  socket.onclose = () => {
    // Whoever answers next knows nothing of what was sent before.
    drawing.forgetAll();
    show(null);
    document.title = "avatar-cam: waiting";
    setTimeout(connect, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  };
}

function begin() {
  drawing = new Drawing(canvas, { mirror: options.has("mirror") });
}

canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
canvas.addEventListener("webglcontextrestored", () => {
  begin();
  socket.close();   // all textures are sent anew
});
addEventListener("resize", wake);
try {
  begin();
  connect();
} catch (error) {
  complain(error);
}
