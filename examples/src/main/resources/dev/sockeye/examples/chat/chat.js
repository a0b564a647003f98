"use strict";

// The events, as Chat.java has them:
//   to the server    chat message {room, text} · typing {room, typing} · join room "#name" (ack) · leave room "#name" (ack)
//                    private message to, text (ack: true, false or {error})
//   from the server  chat message {room, from, text} · typing {room, from, typing} · here {people, rooms}
//                    private message {from, text} (ack)
// The room "" is everyone. Text of others enters the page through textContent only.

const $ = (id) => document.getElementById(id);
const EVERYONE = "";
const joined = new Set(); // the rooms that this page is in
const talks = new Map(); // conversations: "" (everyone), "#room", or a person's socket id
let here = { people: [], rooms: [] };
let knownNames = null; // who was here at the last list; null: do not announce the next list
let active = EVERYONE;
let socket = null;
let started = false;

// ---- conversations

function talk(key, title = key) {
  if (!talks.has(key)) {
    const log = element("div", "log");
    const kind = key === EVERYONE ? "everyone" : key.startsWith("#") ? "room" : "person";
    const entry = { key, kind, title, log, list: element("ol"), unread: 0, lastFrom: null, typing: new Map() };
    log.setAttribute("role", "log");
    log.setAttribute("aria-label", "Messages: " + title);
    log.tabIndex = 0;
    log.hidden = true;
    entry.list.append(element("li", "empty", {
      everyone: "No messages yet. What you write here goes to everyone.",
      room: "You are in " + title + ". Only those who joined it see what is written here.",
      person: "Only you and " + title + " see what is written here. A tick says that it has arrived.",
    }[kind]));
    log.append(entry.list);
    $("logs").append(log);
    talks.set(key, entry);
  }
  return talks.get(key);
}

function open(key) {
  const before = talks.get(active);
  if (before) {
    before.log.hidden = true;
    before.list.querySelectorAll(".unread-line").forEach((line) => line.remove());
  }
  active = key;
  const now = talk(key);
  now.unread = 0;
  now.log.hidden = false;
  now.log.scrollTop = now.log.scrollHeight;
  closeMenu();
  render();
  if (matchMedia("(min-width: 46.01rem)").matches) {
    $("text").focus();
  }
}

function drop(key) {
  joined.delete(key);
  const gone = talks.get(key);
  if (gone) {
    talks.delete(key);
    gone.log.remove();
  }
  if (active === key) {
    open(EVERYONE);
  }
  render();
}

function append(to, item, follow) {
  const atEnd = to.log.scrollHeight - to.log.scrollTop - to.log.clientHeight < 80;
  to.list.querySelector(".empty")?.remove();
  to.list.append(item);
  if (to.list.children.length > 500) {
    to.list.firstElementChild.remove();
  }
  if (atEnd || follow) {
    to.log.scrollTop = to.log.scrollHeight;
  }
}

/** Adds a message and returns the line below it. */
function say(to, from, text) {
  const own = from.id === socket.id;
  if (!own && (to.key !== active || document.hidden)) {
    if (to.unread === 0) {
      to.list.querySelectorAll(".unread-line").forEach((line) => line.remove());
      append(to, element("li", "unread-line", "new"), false);
      to.lastFrom = null;
    }
    to.unread++;
  }
  const item = element("li", "said");
  item.classList.toggle("own", own);
  item.classList.toggle("private", to.kind === "person");
  item.classList.toggle("more", to.lastFrom === from.id);
  to.lastFrom = from.id;
  const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const foot = element("p", "foot");
  if (!own) {
    item.append(avatar(from.name));
  }
  item.append(element("p", "who", (own ? "You" : from.name) + " · " + time), element("p", "text", text), foot);
  append(to, item, own);
  if (to.typing.has(from.id)) {
    typing(to, from, false);
  }
  render();
  return foot;
}

function notice(to, text, look = "") {
  append(to, element("li", "notice " + look, text), false);
  to.lastFrom = null;
}

function typing(to, from, yes) {
  clearTimeout(to.typing.get(from.id)?.timer);
  to.typing.delete(from.id);
  if (yes) {
    const timer = setTimeout(() => typing(to, from, false), 4000);
    to.typing.set(from.id, { name: from.name, timer });
  }
  renderTyping();
}

// ---- what is seen

function element(tag, look, text) {
  const made = document.createElement(tag);
  if (look) {
    made.className = look.trim();
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

function avatar(name) {
  const made = element("span", "avatar", [...name][0].toUpperCase());
  made.setAttribute("aria-hidden", "true");
  let hue = 0;
  for (const c of name) {
    hue = (hue * 31 + c.codePointAt(0)) % 360;
  }
  made.style.setProperty("--hue", hue);
  return made;
}

function entry(key, front, label, note, action, onClick) {
  const item = element("li");
  item.dataset.key = key;
  const unread = talks.get(key)?.unread ?? 0;
  item.classList.toggle("active", key === active);
  item.classList.toggle("unread", unread > 0);
  const button = element("button", "entry");
  button.type = "button";
  if (key === active) {
    button.setAttribute("aria-current", "true");
  }
  button.append(front, element("span", "label", label));
  if (note) {
    button.append(element("span", "note", note));
  }
  if (unread > 0) {
    const badge = element("span", "badge", unread > 99 ? "99+" : String(unread));
    badge.setAttribute("aria-label", unread + " unread");
    button.append(badge);
  }
  button.addEventListener("click", onClick);
  item.append(button);
  if (action) {
    const more = element("button", "side-action", action.label);
    more.type = "button";
    more.setAttribute("aria-label", action.aria);
    more.addEventListener("click", action.run);
    item.append(more);
  }
  return item;
}

function glyph(text) {
  const made = element("span", "avatar glyph", text);
  made.setAttribute("aria-hidden", "true");
  return made;
}

function fill(list, items) {
  // the lists are made anew: keep the keyboard where it was
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.closest("li")?.dataset.key;
  const look = focused?.classList[0];
  list.replaceChildren(...items);
  if (key !== undefined) {
    list.querySelector(`li[data-key="${CSS.escape(key)}"] .${look}`)?.focus();
  }
}

function render() {
  const people = here.people.length;
  fill($("everyone"), [entry(EVERYONE, glyph("∗"), "Everyone", "", null, () => open(EVERYONE))]);
  const members = new Map(here.rooms.map((room) => [room.name, room.members]));
  joined.forEach((room) => members.has(room) || members.set(room, 1));
  fill($("rooms"), [...members].sort(([a], [b]) => a.localeCompare(b)).map(([room, count]) =>
    joined.has(room)
      ? entry(room, glyph("#"), room.slice(1), String(count), { label: "Leave", aria: "Leave " + room, run: () => leave(room) }, () => open(room))
      : entry(room, glyph("#"), room.slice(1), String(count), { label: "Join", aria: "Join " + room, run: () => join(room) }, () => join(room))));
  const others = here.people.filter((person) => person.id !== socket?.id).sort((a, b) => a.name.localeCompare(b.name));
  const absent = [...talks.values()].filter((t) => t.kind === "person" && !others.some((p) => p.id === t.key));
  fill($("people"), [
    ...others.map((person) => {
      const start = () => {
        talk(person.id, person.name);
        open(person.id);
      };
      return entry(person.id, avatar(person.name), person.name, "", { label: "Message", aria: "Private message to " + person.name, run: start }, start);
    }),
    ...absent.map((t) => {
      const item = entry(t.key, avatar(t.title), t.title, "left", { label: "Close", aria: "Close the conversation with " + t.title, run: () => drop(t.key) }, () => open(t.key));
      item.classList.add("gone");
      return item;
    }),
  ]);
  $("people-count").textContent = people;

  const now = talk(active);
  const count = members.get(active) ?? 0;
  $("title").textContent = now.kind === "everyone" ? "Everyone" : now.title;
  $("subtitle").textContent = {
    everyone: people === 1 ? "only you are here" : people + " people are here",
    room: count === 1 ? "only you are in this room" : count + " people in this room",
    person: others.some((p) => p.id === active) ? "private" : "has left",
  }[now.kind];
  $("leave-room").hidden = now.kind !== "room";
  const whom = now.kind === "everyone" ? "everyone" : now.title;
  $("text-label").textContent = "Message to " + whom;
  $("text").placeholder = "Message to " + whom;
  const unread = [...talks.values()].reduce((sum, t) => sum + t.unread, 0);
  $("elsewhere").hidden = unread === 0;
  document.title = (unread > 0 ? "(" + unread + ") " : "") + "Sockeye chat";
  renderTyping();
}

function renderTyping() {
  const names = [...talk(active).typing.values()].map((t) => t.name);
  $("typing").textContent =
    names.length === 0 ? ""
      : names.length === 1 ? names[0] + " is typing…"
        : names.length === 2 ? names.join(" and ") + " are typing…"
          : names.length + " people are typing…";
}

function status(state, text) {
  $("status").dataset.state = state;
  $("status-text").textContent = text;
  $("send").disabled = !socket?.connected;
}

function transport() {
  return { websocket: "WebSocket", webtransport: "WebTransport" }[socket.io.engine.transport.name] ?? "long-polling";
}

// ---- the connection

// "sockeye chat --tls" has a certificate of its own and tells its hash, which WebTransport asks for
const certificate = location.protocol === "https:"
  ? fetch("certificate-hash").then((answer) => (answer.ok ? answer.text() : "")).catch(() => "")
  : Promise.resolve("");

function webTransport(hash) {
  if (!hash) {
    return {};
  }
  const value = Uint8Array.from(hash.match(/../g), (byte) => parseInt(byte, 16));
  return {
    transports: ["webtransport", "websocket", "polling"], // in this order, until one works
    tryAllTransports: true,
    transportOptions: { webtransport: { serverCertificateHashes: [{ algorithm: "sha-256", value }] } },
  };
}

function connect(name, hash) {
  let shown; // puts "Recovered" back to "Connected"
  let recovered = false;
  const showConnected = () => {
    if (socket.connected) {
      status(recovered ? "recovered" : "connected", (recovered ? "Recovered · " : "Connected · ") + transport());
    }
  };
  socket = io({ auth: { name }, reconnectionDelay: 500, reconnectionDelayMax: 3000, ...webTransport(hash) });
  socket.io.on("open", () => socket.io.engine.on("upgrade", showConnected));
  socket.io.on("reconnect_attempt", (attempt) => status("reconnecting", "Reconnecting · attempt " + attempt));

  socket.on("connect", () => {
    clearTimeout(shown);
    recovered = socket.recovered;
    showConnected();
    if (recovered) {
      notice(talk(active), "Connection recovered: nothing was missed.", "good");
      shown = setTimeout(() => {
        recovered = false;
        showConnected();
      }, 6000);
    } else {
      knownNames = null;
      here = { people: [], rooms: [] }; // the old ids mean nothing now; the new list is on its way
      if (started) {
        notice(talk(active), "Connected again, as a new session.", "good");
        joined.forEach((room) => socket.emit("join room", room));
        render();
      }
    }
    if (!started) {
      started = true;
      $("welcome").hidden = true;
      $("app").hidden = false;
      $("my-avatar").replaceWith(avatar(name));
      $("my-name").textContent = name;
      open(EVERYONE);
    }
  });

  socket.on("disconnect", (reason) => {
    clearTimeout(shown);
    status("reconnecting", "Reconnecting");
    notice(talk(active), "Connection lost (" + reason + ").");
    if (reason === "io server disconnect") {
      socket.connect(); // the client does this by itself for every other reason
    }
  });

  socket.on("connect_error", (error) => {
    if (socket.active) {
      status(started ? "reconnecting" : "connecting", started ? "Reconnecting" : "Connecting");
      $("login-error").textContent = started ? "" : "The server does not answer yet; trying again…";
    } else {
      $("login-error").textContent = error.message; // a middleware refused
      $("app").hidden = true;
      $("welcome").hidden = false;
      socket.close();
    }
  });

  socket.on("chat message", (message) => {
    if (message.room === EVERYONE || joined.has(message.room)) {
      say(talk(message.room), message.from, message.text);
    }
  });

  socket.on("private message", (message, delivered) => {
    say(talk(message.from.id, message.from.name), message.from, message.text);
    delivered();
  });

  socket.on("typing", (who) => {
    const to = talks.get(who.room);
    if (to) {
      typing(to, who.from, who.typing);
    }
  });

  socket.on("here", (next) => {
    here = next;
    const names = new Set(next.people.filter((person) => person.id !== socket.id).map((person) => person.name));
    if (knownNames) {
      names.forEach((n) => knownNames.has(n) || notice(talk(EVERYONE), n + " has joined"));
      knownNames.forEach((n) => names.has(n) || notice(talk(EVERYONE), n + " has left"));
    }
    knownNames = names;
    // a person who reconnected after a restart has a new id: continue the conversation under that id
    for (const old of [...talks.values()].filter((t) => t.kind === "person")) {
      const back = next.people.find((p) => p.name === old.title && !talks.has(p.id));
      if (back && !next.people.some((p) => p.id === old.key)) {
        talks.delete(old.key);
        talks.set(back.id, old);
        active = active === old.key ? back.id : active;
        old.key = back.id;
      }
    }
    render();
  });
}

function join(room) {
  socket.emit("join room", room, (answer) => {
    if (answer.error) {
      notice(talk(active), answer.error);
    } else {
      joined.add(room);
      open(room);
    }
  });
}

function leave(room) {
  socket.emit("leave room", room, () => drop(room));
}

// ---- the forms

$("login").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = $("name").value.trim();
  $("login-error").textContent = "";
  if (name === "") {
    $("login-error").textContent = "Please choose a name.";
    return;
  }
  socket?.close();
  certificate.then((hash) => connect(name, hash));
});

$("join-room").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = $("room-name").value.trim().replace(/^#+/, "");
  if (name !== "" && socket.connected) {
    $("room-name").value = "";
    join("#" + name);
  }
});

$("leave-room").addEventListener("click", () => leave(active));

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (text === "" || !socket.connected) {
    return;
  }
  const to = talk(active);
  if (to.kind === "person") {
    const foot = say(to, { id: socket.id, name: "" }, text);
    foot.textContent = "Sending…";
    socket.timeout(12000).emit("private message", to.key, text, (error, answer) => {
      const failed = error ? "no answer from the server" : answer.error ?? (answer === true ? null : "no answer");
      foot.textContent = failed ? "Not delivered: " + failed : "✓ Delivered";
      foot.classList.add(failed ? "failed" : "delivered");
    });
  } else {
    socket.emit("chat message", { room: to.key, text });
  }
  $("text").value = "";
  fit();
  lastTyping = 0;
});

let lastTyping = 0;
$("text").addEventListener("input", () => {
  fit();
  const to = talk(active);
  if (to.kind === "person" || !socket.connected) {
    return;
  }
  const writes = $("text").value !== "";
  if (!writes || Date.now() - lastTyping > 2000) {
    lastTyping = writes ? Date.now() : 0;
    socket.emit("typing", { room: to.key, typing: writes });
  }
});

$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
});

function fit() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = text.scrollHeight + 2 + "px";
}

// ---- the menu of the phone

function closeMenu() {
  if ($("app").classList.contains("menu")) {
    $("app").classList.remove("menu");
    $("open-side").setAttribute("aria-expanded", "false");
    $("open-side").focus();
  }
}

$("open-side").addEventListener("click", (event) => {
  event.stopPropagation();
  $("app").classList.add("menu");
  $("open-side").setAttribute("aria-expanded", "true");
  $("close-side").focus();
});
$("close-side").addEventListener("click", closeMenu);
document.querySelector(".talk").addEventListener("click", closeMenu);
document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenu());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && talks.has(active)) {
    talks.get(active).unread = 0;
    render();
  }
});
