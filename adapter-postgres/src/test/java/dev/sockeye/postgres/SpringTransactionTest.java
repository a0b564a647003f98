package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.adapter.cluster.Emitter;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

/** The emitter as a bean, in the transactions of Spring. */
class SpringTransactionTest {
    private PostgresProcess postgres;
    private AnnotationConfigApplicationContext context;
    private Connection listening;

    @Configuration
    @EnableTransactionManagement
    static class Application {
        @Bean
        PlatformTransactionManager transactions(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }

        @Bean
        Emitter emitter(DataSource dataSource) {
            return PostgresEmitter.connect(dataSource).in(new TransactionAwareDataSourceProxy(dataSource));
        }

        @Bean
        Orders orders(DataSource dataSource, Emitter emitter) {
            return new Orders(new JdbcTemplate(dataSource), emitter);
        }
    }

    static class Orders {
        private final JdbcTemplate jdbc;
        private final Emitter emitter;

        Orders(JdbcTemplate jdbc, Emitter emitter) {
            this.jdbc = jdbc;
            this.emitter = emitter;
        }

        @Transactional
        public void ship(int id, boolean fails) {
            emitter.to("orders").emit("before", id);
            jdbc.update("INSERT INTO orders VALUES (?)", id);
            emitter.to("orders").emit("after", id);
            if (fails) {
                throw new IllegalStateException("no stock");
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        postgres = PostgresProcess.begin();
        String database = postgres.database();
        postgres.execute(database, "CREATE TABLE orders (id int PRIMARY KEY)");
        context = new AnnotationConfigApplicationContext();
        context.registerBean(DataSource.class, () -> postgres.source(database));
        context.register(Application.class);
        context.refresh();
        listening = postgres.source(database).getConnection();
        try (Statement statement = listening.createStatement()) {
            statement.execute("LISTEN \"socket.io#/\"");
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (context != null) {
            listening.close();
            context.close();
            postgres.close();
        }
    }

    private List<String> heard(int number) throws Exception {
        List<String> all = new ArrayList<>();
        Awaiting.until(() -> {
            PGNotification[] some = listening.unwrap(PGConnection.class).getNotifications(10);
            for (PGNotification one : some == null ? new PGNotification[0] : some) {
                all.add(one.getParameter().replaceAll(".*\"data\":\\[\"(\\w+)\",(\\d+)\\].*", "$1 $2"));
            }
            return all.size() >= number;
        });
        return all;
    }

    @Test
    void eventsAreSentOnCommitAndDiscardedOnRollback() throws Exception {
        Orders orders = context.getBean(Orders.class);
        orders.ship(1, false);
        assertThatThrownBy(() -> orders.ship(2, true)).hasMessage("no stock");
        assertThatThrownBy(() -> orders.ship(1, false)).hasMessageContaining("duplicate key");
        orders.ship(3, false);
        context.getBean(Emitter.class).emit("outside", 4);
        assertThat(heard(5)).containsExactly("before 1", "after 1", "before 3", "after 3", "outside 4");
    }
}
