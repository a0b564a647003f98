package dev.sockeye.examples.spring;

import dev.sockeye.examples.spring.Chat.Message;
import dev.sockeye.examples.spring.Chat.Person;
import dev.sockeye.socketio.server.SocketIoServer;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.security.Principal;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Announcements from outside of the chat, sent by HTTP. */
@RestController
class AnnouncementController {

    record Announcement(@NotBlank String text) {}

    private final SocketIoServer io;

    AnnouncementController(SocketIoServer io) {
        this.io = io;
    }

    /** Sends an announcement to everyone. */
    @PostMapping("/api/announcements")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void everyone(@Valid @RequestBody Announcement announcement, Principal principal) {
        io.emit("chat message", message("", announcement, principal));
    }

    /** Sends an announcement to everyone in a room. */
    @PostMapping("/api/rooms/{room}/announcements")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void room(@PathVariable String room, @Valid @RequestBody Announcement announcement, Principal principal) {
        io.to("#" + room).emit("chat message", message("#" + room, announcement, principal));
    }

    private static Message message(String room, Announcement announcement, Principal principal) {
        return new Message(room, new Person("announcements", principal.getName() + " announces"), announcement.text());
    }
}
