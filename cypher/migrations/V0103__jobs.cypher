// Jobs: work that must end. A job of a kind about one thing exists once; `nextAt` stands on those that wait or run.
CREATE CONSTRAINT job_id IF NOT EXISTS FOR (j:Job) REQUIRE j.id IS UNIQUE;
CREATE CONSTRAINT job_key IF NOT EXISTS FOR (j:Job) REQUIRE j.key IS UNIQUE;
CREATE INDEX job_next_at IF NOT EXISTS FOR (j:Job) ON (j.nextAt);
CREATE INDEX job_kind IF NOT EXISTS FOR (j:Job) ON (j.kind);
CREATE INDEX job_ended_at IF NOT EXISTS FOR (j:Job) ON (j.endedAt);
