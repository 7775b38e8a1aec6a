// Plays a sound with its waveform. The heights come with the page, the sound itself only when it is played.
import WaveSurfer from "wavesurfer.js";

const STEP = 5; // seconds of an arrow key

const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

const heights = (text) => (text.match(/../g) ?? []).map((pair) => parseInt(pair, 16) / 255);

/** The theme's colours as they are at this moment, taken from what stands beside the waveform. */
const colours = (element) => {
  const of = (name, property) => getComputedStyle(element.querySelector(`[data-${name}]`))[property];
  return { waveColor: of("time", "color"), progressColor: of("play", "backgroundColor"), cursorColor: of("wave", "color") };
};

/**
 * The waveform in `place`. It is made outside the page, so that its style can be given to it as an object: what a page
 * loads may bring no style of its own into it (style-src 'self').
 */
const waveform = (place, media, peaks, seconds, looks) => {
  const aside = document.createElement("div");
  const wave = WaveSurfer.create({
    container: aside, media, peaks: [peaks], duration: seconds, height: 48, normalize: true, dragToSeek: true,
    barWidth: 2, barGap: 1, barRadius: 1, ...looks,
  });
  const root = wave.getWrapper().getRootNode();
  const sheet = new CSSStyleSheet();
  for (const style of root.querySelectorAll("style")) {
    sheet.replaceSync(style.textContent);
    style.remove();
  }
  root.adoptedStyleSheets = [sheet];
  place.append(...aside.childNodes);
  return wave;
};

/** Make a <sound-player> work; gives what ends it. */
export const attach = (element) => {
  const part = (name) => element.querySelector(`[data-${name}]`);
  const media = element.querySelector("audio");
  const [bar, play, place, time, speed, hint] = ["bar", "play", "wave", "time", "speed", "hint"].map(part);
  const seconds = Number(element.dataset.seconds);
  const { signal, abort } = (() => { const one = new AbortController(); return { signal: one.signal, abort: () => one.abort() }; })();
  const on = (target, event, work) => target.addEventListener(event, work, { signal });
  media.controls = false;
  media.hidden = true;
  bar.hidden = false;
  const wave = waveform(place, media, heights(element.dataset.peaks), seconds, colours(element));

  const say = (name) => { hint.textContent = name ? hint.dataset[name] : ""; };
  const shown = () => {
    const at = Math.min(media.currentTime, seconds);
    time.textContent = `${clock(at)} / ${clock(seconds)}`;
    place.setAttribute("aria-valuenow", String(Math.round(at)));
    place.setAttribute("aria-valuetext", time.textContent);
  };
  const state = () => {
    element.classList.toggle("is-playing", !media.paused);
    play.setAttribute("aria-label", media.paused ? play.dataset.playLabel : play.dataset.pauseLabel);
    if (!media.paused) say(media.muted || media.volume === 0 ? "muted" : "");
  };
  const toggle = async () => {
    if (!media.paused) { media.pause(); return; }
    for (const other of document.querySelectorAll("sound-player audio")) if (other !== media) other.pause();
    try {
      await media.play();
    } catch (error) {
      if (error.name !== "AbortError") say(error.name === "NotAllowedError" ? "blocked" : "failed");
    }
  };
  const seek = (to) => { media.currentTime = Math.min(Math.max(0, to), Math.max(0, seconds - 0.05)); shown(); };
  const keys = {
    ArrowLeft: () => seek(media.currentTime - STEP), ArrowDown: () => seek(media.currentTime - STEP),
    ArrowRight: () => seek(media.currentTime + STEP), ArrowUp: () => seek(media.currentTime + STEP),
    Home: () => seek(0), End: () => seek(seconds), " ": toggle, Enter: toggle,
  };
  on(play, "click", toggle);
  on(place, "keydown", (event) => {
    const work = keys[event.key];
    if (work && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); work(); }
  });
  on(speed, "change", () => { media.playbackRate = Number(speed.value); });
  for (const event of ["play", "pause", "ended", "volumechange"]) on(media, event, state);
  for (const event of ["timeupdate", "seeked", "ended"]) on(media, event, shown);
  on(media, "error", () => say("failed"));
  const heard = () => element.dispatchEvent(new CustomEvent("sound-heard", { bubbles: true }));
  media.addEventListener("playing", heard, { once: true, signal });
  const themed = new MutationObserver(() => wave.setOptions(colours(element)));
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  shown();
  return { destroy: () => { abort(); themed.disconnect(); wave.destroy(); } };
};
