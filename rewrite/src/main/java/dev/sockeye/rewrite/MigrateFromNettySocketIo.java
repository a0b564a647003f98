package dev.sockeye.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.openrewrite.Recipe;
import org.openrewrite.java.ChangeType;

/**
 * An OpenRewrite recipe that migrates an application from netty-socketio to Sockeye as far as this can be automated. Calls that
 * cannot be translated automatically are kept, with a comment that starts with {@code Sockeye:} and names the section of the
 * migration guide. Run it as {@code dev.sockeye.rewrite.MigrateFromNettySocketIo}.
 */
public final class MigrateFromNettySocketIo extends Recipe {

    private static final Map<String, String> TYPES = Map.of(
            Names.SERVER, Names.SOCKEYE_SERVER + "SocketIoServer",
            Names.CLIENT, Names.SOCKEYE_SERVER + "Socket",
            Names.NAMESPACE, Names.SOCKEYE_SERVER + "Namespace",
            Names.BROADCAST, Names.SOCKEYE_SERVER + "BroadcastTarget",
            Names.HANDSHAKE, Names.SOCKEYE_SERVER + "Handshake",
            Names.CONFIGURATION, Names.SOCKEYE_SERVER + "SocketIoServerOptions$Builder",
            Names.ACK_REQUEST, "dev.sockeye.socketio.Ack",
            Names.MULTI_TYPE_ARGS, "dev.sockeye.socketio.protocol.Arguments");

    @Override
    public String getDisplayName() {
        return "Migrate from netty-socketio to Sockeye";
    }

    @Override
    public String getDescription() {
        return "Translates the server, its configuration, listeners, rooms, broadcasts and acknowledgements. "
                + "Calls without a mechanical translation stay, with a comment that names the section of the migration guide.";
    }

    @Override
    public List<Recipe> getRecipeList() {
        List<Recipe> recipes = new ArrayList<>();
        recipes.add(new TranslateCalls());
        recipes.add(new MergeConnectionHandlers());
        TYPES.forEach((before, after) -> recipes.add(new ChangeType(before, after, true)));
        for (String annotation : List.of("OnConnect", "OnDisconnect", "OnEvent")) {
            recipes.add(new ChangeType(Names.ANNOTATIONS + annotation, "dev.sockeye.spring." + annotation, true));
        }
        return recipes;
    }
}
